import { holdOwner, requireOwner } from '@/lib/identities/server/assign-owner'
import type { Departure } from '@/lib/ownership/schema'
import { recordDeparture, requireOther } from '@/lib/ownership/server/record-departure'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, rehearseBulk } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { teamTarget } from '../rules'
import { ById, DeleteTeamInput } from '../schema'
import { findTeam, removeTeam } from './store'

/**
 * Deletes a team. Its members stay; what it owned ends with it, in the same transaction: handed over, or a task to take over.
 * @throws AppError `precondition_failed` when nobody else answers for something and neither a receiver nor a reason is given
 */
export async function deleteTeam(ctx: Context, given: DeleteTeamInput): Promise<void> {
  const { id, handOverTo, reason } = DeleteTeamInput.parse(given)
  const row = await findTeam(ctx, id)
  const permit = await ctx.authorize('delete', teamTarget(row))
  if (handOverTo !== undefined) requireOther(handOverTo, `team:${id}`)
  const handOver =
    handOverTo === undefined ? undefined : { key: handOverTo, label: await requireOwner(ctx, handOverTo, 'handOverTo') }
  const before = {
    name: row.name,
    description: row.description,
    members: row.members.map((m) => m.membership.user.email),
  }
  const change = (after: object) => ({ action: 'team.delete', target: teamTarget(row), reason, before, after })
  await ctx.commitBulk(permit, change, async (bulk) => {
    await remove(bulk, row)
    if (handOver) await holdOwner(bulk, row.orgId, handOver.key, 'handOverTo')
    const leaving = leavingOf(ctx, row)
    const { ended, unowned, secrets } = await recordDeparture(bulk, row.orgId, { ...leaving, handOver, note: reason })
    return { ended, unowned, secrets }
  })
}

/**
 * What would follow if a team were deleted: what nobody would answer for, and who would be asked to take over. Found by doing
 * it and taking it back.
 * @throws AppError `not_found`; `forbidden`
 */
export async function previewTeamDeparture(ctx: Context, given: { id: string }): Promise<Departure> {
  const row = await findTeam(ctx, ById.parse(given).id)
  const permit = await ctx.authorize('delete', teamTarget(row))
  return rehearseBulk(ctx.tenant, permit, async (bulk) => {
    await remove(bulk, row)
    return recordDeparture(bulk, row.orgId, leavingOf(ctx, row), true)
  })
}

async function remove(bulk: BulkTx, { orgId, id }: { orgId: string; id: string }): Promise<void> {
  const removed = await removeTeam(bulk, { orgId, id })
  if (!removed) throw new AppError('conflict', 'Somebody else deleted this team a moment ago.')
}

function leavingOf(ctx: Context, { id, name }: { id: string; name: string }) {
  return { ownerKey: `team:${id}`, label: name, reason: 'team_deleted', by: ctx.actor.name } as const
}
