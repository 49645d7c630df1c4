import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { ReachersPage, ReachersQuery } from '../blast-radius'
import { privilegeOfLevel, sourceTarget } from '../rules'
import { levels } from '../score'
import { namedIds } from './list-reached'
import { presentStamp, readSteps } from './present-steps'
import { resolveSight, seesAll } from './resolve-sight'
import { askGraph } from './serve-graph'
import { findResource } from './store'
import { countLiveIdentities } from './store-caveats'
import { findScores, findScoring } from './store-graph'

/**
 * One page of the identities that can reach a resource, the highest privilege first, of one privilege those with the
 * highest score (for whoever may see all identities), then the fewest steps, each with its shortest path.
 * @throws AppError `not_found`, `forbidden` when the resource is not the caller's to see; `invalid_input` for a text that too
 * many names have
 */
export async function listReachers(
  ctx: Context,
  { id, level, q, at, limit }: ReachersQuery & { id: string },
): Promise<ReachersPage> {
  const { source, deletedAt } = await findResource(ctx, id)
  await ctx.authorize('read', sourceTarget(source))
  if (deletedAt) throw new AppError('not_found', 'This resource is gone from its source: nobody reaches it any more.')
  const sight = await resolveSight(ctx)
  // The order would tell of the scores of those whom the caller may not see.
  const scoring = seesAll(sight) ? await findScoring(ctx) : undefined
  const [told, identityCount] = await Promise.all([
    askGraph(ctx, {
      op: 'reachers',
      resourceId: id,
      ...(scoring === undefined ? {} : { scoring }),
      ...(level === undefined ? {} : { level: levels.indexOf(level) + 1 }),
      ...(q === undefined ? {} : { onlyIds: await namedIds(ctx, sight, ['identity'], q) }),
      at,
      limit,
    }),
    countLiveIdentities(ctx),
  ])
  const { items, total, counts } = told.answer
  const ids = items.map((item) => item.id)
  const paths = items.map(({ path }) => path)
  const [known, scores] = await Promise.all([readSteps(ctx, sight, paths, ids), findScores(ctx, ids)])
  const reaching = counts.reduce((sum, count) => sum + count, 0)
  return {
    items: items.map((item) => {
      const path = known.path(item.path)
      const node = known.node(item.id)
      return {
        node,
        privilege: privilegeOfLevel(item.level),
        score: node.id === null ? null : (scores.get(item.id) ?? null),
        lastUsedAt: path.at(-1)?.lastUsedAt ?? null,
        path,
      }
    }),
    total,
    at,
    counts,
    exposure: identityCount === 0 ? 0 : Math.min(1, reaching / identityCount),
    graph: presentStamp(told),
  }
}
