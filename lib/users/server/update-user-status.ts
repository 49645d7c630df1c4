import { holdOwner, requireOwner } from '@/lib/identities/server/assign-owner'
import { recordDeparture } from '@/lib/ownership/server/record-departure'
import { resolveMemberships } from '@/lib/platform/auth/resolve-session'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { personTarget } from '../rules'
import { UpdateUserStatusInput } from '../schema'
import { endSessions, findMember, hasOtherActiveAdmin, writeAccountStatus } from './store'

/**
 * Disables or enables a person's account. An account stands above organizations, so this is for people who belong to the
 * caller's organization alone; of others only the membership can be disabled here. Disabling ends all their sessions,
 * and in the same transaction all that they own.
 * @throws AppError `not_found`; `precondition_failed` for the last active administrator and for people of other
 * organizations, and when something would have no owner and neither a receiver nor a reason is given; `conflict` when the account is in that state already
 */
export async function updateUserStatus(ctx: Context, given: UpdateUserStatusInput): Promise<{ endedSessions: number }> {
  const { id, status, handOverTo, reason } = UpdateUserStatusInput.parse(given)
  const member = await findMember(ctx.db, { id })
  if (!member) throw new AppError('not_found', 'There is no such member.')
  const { userId } = member
  const target = personTarget({ ...member, email: member.user.email })
  const permit = await ctx.authorize('disable', target)
  const elsewhere = (await resolveMemberships(userId)).some(({ orgId }) => orgId !== ctx.tenant.orgId)
  if (elsewhere) {
    throw new AppError(
      'precondition_failed',
      `${member.user.name} belongs to another organization too. Disable the membership in this one instead.`,
    )
  }
  const [from, action] = status === 'disabled' ? ['active', 'user.disable'] : ['disabled', 'user.enable']
  const handOver =
    handOverTo === undefined ? undefined : { key: handOverTo, label: await requireOwner(ctx, handOverTo, 'handOverTo') }
  const endedSessions = await ctx.commit(
    permit,
    (ended: number) => ({ action, target, reason, before: { status: from }, after: { status, endedSessions: ended } }),
    async (tx) => {
      if (handOver) await holdOwner(tx, ctx.tenant.orgId, handOver.key, 'handOverTo')
      const isLast =
        status === 'disabled' &&
        member.role === 'admin' &&
        member.status === 'active' &&
        !(await hasOtherActiveAdmin(tx, ctx.tenant.orgId, userId))
      if (isLast) {
        throw new AppError(
          'precondition_failed',
          `${member.user.name} is the last active administrator. Make somebody else an administrator first.`,
        )
      }
      if (!(await writeAccountStatus(tx, userId, from, status))) {
        throw new AppError('conflict', `${member.user.name} is ${status} already.`)
      }
      if (status !== 'disabled') return 0
      const leaving = { ownerKey: `user:${userId}`, label: member.user.name, reason: status, by: ctx.actor.name }
      await recordDeparture(tx, ctx.tenant.orgId, { ...leaving, handOver, note: reason })
      return endSessions({ userId }, tx)
    },
  )
  return { endedSessions }
}
