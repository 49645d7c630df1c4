import { holdOwner, requireOwner } from '@/lib/identities/server/assign-owner'
import { recordDeparture } from '@/lib/ownership/server/record-departure'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { teamTarget } from '../rules'
import { DeleteTeamInput } from '../schema'
import { findTeam, removeTeam } from './store'

/**
 * Deletes a team. Its members stay; what it owned ends with it, in the same transaction: handed over, or a task to take over.
 * @throws AppError `precondition_failed` when nobody else answers for something and neither a receiver nor a reason is given
 */
export async function deleteTeam(ctx: Context, given: DeleteTeamInput): Promise<void> {
  const { id, handOverTo, reason } = DeleteTeamInput.parse(given)
  const row = await findTeam(ctx, id)
  const permit = await ctx.authorize('delete', teamTarget(row))
  const handOver =
    handOverTo === undefined ? undefined : { key: handOverTo, label: await requireOwner(ctx, handOverTo, 'handOverTo') }
  const before = {
    name: row.name,
    description: row.description,
    members: row.members.map((m) => m.membership.user.email),
  }
  const change = (after: object) => ({ action: 'team.delete', target: teamTarget(row), reason, before, after })
  await ctx.commitBulk(permit, change, async (bulk) => {
    const removed = await removeTeam(bulk, { orgId: row.orgId, id: row.id })
    if (!removed) throw new AppError('conflict', 'Somebody else deleted this team a moment ago.')
    if (handOver) await holdOwner(bulk, row.orgId, handOver.key, 'handOverTo')
    const leaving = { ownerKey: `team:${row.id}`, label: row.name, reason: 'team_deleted', by: ctx.actor.name } as const
    const { ended, unowned, secrets } = await recordDeparture(bulk, row.orgId, { ...leaving, handOver, note: reason })
    return { ended, unowned, secrets }
  })
}
