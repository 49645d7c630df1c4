import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { jewelTarget } from '../rules'
import { ById } from '../schema'
import { resolveSight } from './resolve-sight'
import { findGraphNodes } from './store-graph'
import { findJewel, removeJewel } from './store-jewels'

/**
 * Takes the mark of a crown jewel away, and with it what was kept of its changes; the audit trail keeps that it was marked.
 * @throws AppError `not_found`, `forbidden`; `conflict` when somebody else has done so
 */
export async function deleteCrownJewel(ctx: Context, given: ById): Promise<void> {
  const { id } = ById.parse(given)
  const row = await findJewel(ctx, id)
  const nodes = await findGraphNodes(ctx, await resolveSight(ctx), [row.nodeId])
  const target = jewelTarget({ id, name: nodes.get(row.nodeId)?.name ?? row.nodeId })
  const permit = await ctx.authorize('delete', target)
  const before = { nodeId: row.nodeId, nodeType: row.nodeType, note: row.note }
  await ctx.commit(permit, { action: 'crown_jewel.delete', target, before }, async (tx) => {
    const removed = await removeJewel(tx, { orgId: ctx.tenant.orgId, id })
    if (!removed) throw new AppError('conflict', 'Somebody else took this mark away a moment ago.')
  })
}
