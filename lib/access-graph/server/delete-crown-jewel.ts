import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { jewelTarget } from '../rules'
import { ById } from '../schema'
import { resolveSight } from './resolve-sight'
import { findGraphNodes } from './store-graph'
import { findJewel, unmarkJewel } from './store-jewels'

/**
 * Takes the mark of a crown jewel away. What was kept of its changes stays, and goes on when it is marked again.
 * @throws AppError `not_found`, also for what is not marked any more, `forbidden`; `conflict` when somebody else has done so
 */
export async function deleteCrownJewel(ctx: Context, given: ById): Promise<void> {
  const { id } = ById.parse(given)
  const row = await findJewel(ctx, id)
  if (row.unmarkedAt !== null) throw new AppError('not_found', 'It is not marked as a crown jewel any more.')
  const nodes = await findGraphNodes(ctx, await resolveSight(ctx), [row.nodeId])
  const target = jewelTarget({ id, name: nodes.get(row.nodeId)?.name ?? row.nodeId })
  const permit = await ctx.authorize('delete', target)
  const before = { nodeId: row.nodeId, nodeType: row.nodeType, note: row.note }
  await ctx.commit(permit, { action: 'crown_jewel.delete', target, before }, async (tx) => {
    const by = `${ctx.actor.kind}:${ctx.actor.id}`
    if (!(await unmarkJewel(tx, { orgId: ctx.tenant.orgId, id, by })))
      throw new AppError('conflict', 'Somebody else took this mark away a moment ago.')
  })
}
