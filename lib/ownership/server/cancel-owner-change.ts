import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { ById, type OwnerChangeRun } from '../schema'
import { getOwnerChangeRun } from './get-owner-change-run'
import { actionOf } from './map-owner-change'
import { actorKeyOf } from './store'
import { askCancel, findRun } from './store-runs'

/**
 * Stops a run of the caller after the batch that it is at. What it has changed stays, and can be taken back.
 * @throws AppError `not_found` for a run of somebody else; `conflict` when it has ended, or takes another change back; `forbidden`
 */
export async function cancelOwnerChange(ctx: Context, given: ById): Promise<OwnerChangeRun> {
  const { id } = ById.parse(given)
  const row = await findRun(ctx, id, actorKeyOf(ctx))
  if (!row) throw new AppError('not_found', 'There is no such change of yours.')
  if (row.change === 'restore') throw new AppError('conflict', 'What takes a change back is not stopped half way.')
  const { permit } = await ctx.plan(actionOf[row.change], 'identity')
  const change = {
    action: `identity.owner.${row.change}.cancel`,
    target: { kind: 'identity', id: row.selectionId ?? id, label: `${row.total} identities` },
    after: { change: id, done: row.done, changed: row.changed },
  }
  await ctx.commit(permit, change, async (tx) => {
    if (await askCancel(tx, { orgId: ctx.tenant.orgId, id })) return
    throw new AppError('conflict', 'It has ended already, or is being stopped.')
  })
  return getOwnerChangeRun(ctx, { id })
}
