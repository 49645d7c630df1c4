import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import type { ReachedIdentityPage } from '../blast-radius'
import type { ReachedIdentitiesQuery } from '../filters'
import { presentReachedIdentities } from './list-becomes'
import { namedIds } from './list-reached'
import { resolveSight } from './resolve-sight'
import { askGraph } from './serve-graph'

/**
 * One page of the identities and people that can become an identity, each with the shortest path from it.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for a text that too many names have
 */
export async function listExposed(
  ctx: Context,
  { id, q, at, limit }: ReachedIdentitiesQuery & { id: string },
): Promise<ReachedIdentityPage> {
  await resolveIdentity(ctx, id)
  const sight = await resolveSight(ctx, id)
  const only = q === undefined ? {} : { onlyIds: await namedIds(ctx, sight, ['identity', 'human'], q) }
  const told = await askGraph(ctx, { op: 'exposed', startId: id, ...only, at, limit })
  return presentReachedIdentities(ctx, sight, told, at)
}
