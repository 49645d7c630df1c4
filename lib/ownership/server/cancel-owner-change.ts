import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { ownerChangeTarget } from '../rules'
import { ById, type OwnerChangeRun } from '../schema'
import { getOwnerChangeRun } from './get-owner-change-run'
import { askCancel, findRun } from './store-runs'

/**
 * Stops a run after the batch that it is at: one of the caller, or anybody's for whoever may stop all. What it has changed stays,
 * and can be taken back by whoever began it.
 * @throws AppError `not_found`; `forbidden` for a run of others; `conflict` when it has ended, or takes another change back
 */
export async function cancelOwnerChange(ctx: Context, given: ById): Promise<OwnerChangeRun> {
  const { id } = ById.parse(given)
  const row = await findRun(ctx, id)
  if (!row) throw new AppError('not_found', 'There is no such change.')
  const permit = await ctx.authorize('cancel', ownerChangeTarget(row))
  if (row.change === 'restore') throw new AppError('conflict', 'What takes a change back is not stopped half way.')
  const change = {
    action: `identity.owner.${row.change}.cancel`,
    target: { kind: 'identity', id: row.selectionId ?? id, label: `${row.total} identities` },
    after: { change: id, startedBy: row.actorLabel, done: row.done, changed: row.changed },
  }
  await ctx.commit(permit, change, async (tx) => {
    if (await askCancel(tx, { orgId: ctx.tenant.orgId, id }, ctx.actor.name)) return
    throw new AppError('conflict', 'It has ended already, or is being stopped.')
  })
  return getOwnerChangeRun(ctx, { id })
}
