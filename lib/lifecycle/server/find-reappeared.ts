import type { Context } from '@/lib/platform/context'
import { findWatchers, notifyReappeared } from './notify-run'
import { findTombstoneMoves, markGone, targetOf } from './store-tombstones'

const most = 200

/**
 * Holds what was cut off on our order against the inventory: what has been seen gone and is there again is raised, once. Answers
 * how many were.
 */
export async function findReappeared(ctx: Context): Promise<number> {
  const moves = await findTombstoneMoves(ctx, most)
  const gone = moves.filter((move) => move.as === null)
  const [first] = gone
  if (first) {
    const permit = await ctx.authorize('carry_out', targetOf(first))
    await ctx.commitPart(permit, (bulk) =>
      markGone(
        bulk,
        gone.map(({ id }) => id),
      ),
    )
  }
  const back = moves.filter((move) => move.as !== null)
  for (const move of back) {
    const { id, runId, name, as } = move
    const target = targetOf({ runId, name })
    const permit = await ctx.authorize('carry_out', target)
    const watchers = await findWatchers(ctx, move)
    await ctx.commit(permit, { action: 'lifecycle.reappear', target, after: { runId, name, as } }, async (tx) => {
      const { count } = await tx.tombstone.updateMany({
        where: { orgId: ctx.tenant.orgId, id, reappearedAt: null },
        data: { reappearedAt: new Date(), reappearedAs: as },
      })
      if (count > 0) await notifyReappeared(tx, ctx.tenant.orgId, move, watchers)
    })
  }
  return back.length
}
