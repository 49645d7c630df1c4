import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import type { ReachedIdentityPage } from '../blast-radius'
import type { GraphAnswer } from '../engine/requests'
import type { ReachedIdentitiesQuery } from '../filters'
import { namedIds } from './list-reached'
import { presentStamp, readSteps } from './present-steps'
import { resolveSight, type Sight } from './resolve-sight'
import { askGraph } from './serve-graph'
import { findScores } from './store-graph'

/**
 * One page of the other identities and people that an identity can become, each with the shortest path to it.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for a text that too many names have
 */
export async function listBecomes(
  ctx: Context,
  { id, q, at, limit }: ReachedIdentitiesQuery & { id: string },
): Promise<ReachedIdentityPage> {
  await resolveIdentity(ctx, id)
  const sight = await resolveSight(ctx, id)
  const only = q === undefined ? {} : { onlyIds: await namedIds(ctx, sight, ['identity', 'human'], q) }
  const told = await askGraph(ctx, { op: 'becomes', startId: id, ...only, at, limit })
  return presentReachedIdentities(ctx, sight, told, at)
}

/** The contract form of a page of identities and people, with their scores where the caller may know who they are. */
export async function presentReachedIdentities(
  ctx: Context,
  sight: Sight,
  told: GraphAnswer<'becomes' | 'exposed'>,
  at: number,
): Promise<ReachedIdentityPage> {
  const { items, total } = told.answer
  const ids = items.map((item) => item.id)
  const paths = items.map(({ path }) => path)
  const [known, scores] = await Promise.all([readSteps(ctx, sight, paths, ids), findScores(ctx, ids)])
  return {
    items: items.map(({ id, path }) => {
      const node = known.node(id)
      return { node, score: node.id === null ? null : (scores.get(id) ?? null), path: known.path(path) }
    }),
    total,
    at,
    graph: presentStamp(told),
  }
}
