import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { revokeSessionsOf } from '@/lib/users/server/revoke-sessions-of'
import { endsAdministration } from '../rules'
import { type Member, MemberRole, UpdateMemberInput } from '../schema'
import { presentMember, targetOf } from './get-member'
import { findMembership, hasOtherAdmin, type MembershipRow, writeMembership } from './store'

/**
 * Changes a member's role, or disables or enables the member; both count from the member's next request on. Disabling
 * also ends the member's sessions in this organization.
 * @throws AppError `precondition_failed` when no active administrator would remain; `conflict` for disabling oneself
 */
export async function updateMember(ctx: Context, given: UpdateMemberInput): Promise<Member> {
  const { id, ...change } = UpdateMemberInput.parse(given)
  const row = await findMembership(ctx, id)
  const permit = await ctx.authorize(change.role === undefined ? 'disable' : 'change_role', targetOf(row))
  const before = { role: MemberRole.parse(row.role), status: row.status }
  if ((change.role ?? row.role) === row.role && (change.status ?? row.status) === row.status) {
    return presentMember(ctx, row)
  }
  if (change.status === 'disabled' && ctx.actor.kind === 'user' && ctx.actor.id === row.userId) {
    throw new AppError('conflict', 'You cannot disable yourself. Ask another administrator.')
  }
  const endsOne = endsAdministration(before, change)
  await ctx.commit(permit, { action: actionOf(change), target: targetOf(row), ...audited(row, change) }, async (tx) => {
    if (await writeMembership(tx, { ...row, ...before }, change, endsOne)) return
    if (endsOne && !(await hasOtherAdmin(tx, row))) throw lastAdmin(row)
    throw new AppError('conflict', `Somebody else changed ${row.user.name} a moment ago. Look again.`)
  })
  if (change.status === 'disabled') await revokeSessionsOf(row.userId, ctx.tenant.orgId)
  return presentMember(ctx, await findMembership(ctx, id))
}

function actionOf(change: { role?: MemberRole; status?: string }): string {
  if (change.role !== undefined) return 'member.role.change'
  return change.status === 'disabled' ? 'member.disable' : 'member.enable'
}

function audited(row: MembershipRow, change: { role?: MemberRole; status?: string }) {
  return change.role === undefined
    ? { before: { status: row.status }, after: { status: change.status } }
    : { before: { role: row.role }, after: { role: change.role } }
}

function lastAdmin(row: MembershipRow): AppError {
  return new AppError(
    'precondition_failed',
    `${row.user.name} is the last active administrator. Make somebody else an administrator first.`,
  )
}
