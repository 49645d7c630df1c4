import { holdOwner, requireOwner } from '@/lib/identities/server/assign-owner'
import type { Departure, departureReasons } from '@/lib/ownership/schema'
import { recordDeparture, requireOther } from '@/lib/ownership/server/record-departure'
import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { revokeSessionsOf } from '@/lib/users/server/revoke-sessions-of'
import { endsAdministration } from '../rules'
import { type Member, MemberRole, UpdateMemberInput } from '../schema'
import { presentMember, targetOf } from './get-member'
import { findMembership, hasOtherAdmin, type MembershipRow, writeMembership } from './store'

/**
 * Changes a member's role, or disables or enables the member; both count from the member's next request on. Disabling ends
 * the member's sessions in this organization, and in the same transaction all that the member owns.
 * @throws AppError `precondition_failed` when no active administrator would remain, or something would have no owner and
 * neither a receiver nor a reason is given; `conflict` for disabling oneself
 */
export async function updateMember(ctx: Context, given: UpdateMemberInput): Promise<Member> {
  const { id, handOverTo, reason, ...change } = UpdateMemberInput.parse(given)
  const row = await findMembership(ctx, id)
  const permit = await ctx.authorize(change.role === undefined ? 'disable' : 'change_role', targetOf(row))
  const before = { role: MemberRole.parse(row.role), status: row.status }
  if ((change.role ?? row.role) === row.role && (change.status ?? row.status) === row.status) {
    return presentMember(ctx, row)
  }
  if (change.status === 'disabled') {
    if (ctx.actor.kind === 'user' && ctx.actor.id === row.userId) {
      throw new AppError(
        'conflict',
        'You cannot disable yourself. Leave the organization, or ask another administrator.',
      )
    }
    await commitDeparture(ctx, permit, row, { action: 'member.disable', why: 'disabled', handOverTo, reason })
  } else {
    const endsOne = endsAdministration(before, change)
    const event = {
      action: change.role === undefined ? 'member.enable' : 'member.role.change',
      target: targetOf(row),
      reason,
    }
    await ctx.commit(permit, { ...event, ...audited(row, change) }, async (tx) => {
      if (await writeMembership(tx, { ...row, ...before }, change, endsOne)) return
      if (endsOne && !(await hasOtherAdmin(tx, row))) throw lastAdmin(row)
      throw changedMeanwhile(row)
    })
  }
  return presentMember(ctx, await findMembership(ctx, id))
}

interface DepartureRequest {
  action: 'member.disable' | 'member.leave'
  why: (typeof departureReasons)[number]
  handOverTo?: string | undefined
  reason?: string | undefined
}

/** Ends a membership and all that the member owns in one transaction, then the sessions. @throws AppError as `updateMember` */
export async function commitDeparture(ctx: Context, permit: Permit, row: MembershipRow, request: DepartureRequest) {
  const { action, why, handOverTo, reason } = request
  const handOver = handOverTo
    ? { key: handOverTo, label: await requireOwner(ctx, handOverTo, 'handOverTo') }
    : undefined
  if (handOver) requireOther(handOver.key, `user:${row.userId}`)
  const change = (done: Departure) => ({
    action,
    target: targetOf(row),
    reason,
    before: { status: row.status },
    after: {
      status: 'disabled',
      ended: done.ended,
      unowned: done.unowned,
      handedTo: handOver?.label ?? null,
      secrets: done.secrets,
    },
  })
  await ctx.commitBulk(permit, change, async (bulk) => {
    if (handOver) await holdOwner(bulk, row.orgId, handOver.key, 'handOverTo')
    return depart(bulk, row, { why, by: ctx.actor.name, handOver, note: reason })
  })
  await revokeSessionsOf(row.userId, ctx.tenant.orgId)
}

interface HowToLeave {
  why: (typeof departureReasons)[number]
  by: string
  handOver?: { key: string; label: string } | undefined
  note?: string | undefined
}

/** Writes the end of a membership. In a rehearsal the last administrator is told, not refused. */
export async function depart(
  bulk: BulkTx,
  row: MembershipRow,
  { why, by, handOver, note }: HowToLeave,
  isRehearsal = false,
): Promise<Departure> {
  const before = { ...row, role: MemberRole.parse(row.role) }
  const endsOne = endsAdministration(before, { status: 'disabled' })
  const isLastAdmin = endsOne && !(await hasOtherAdmin(bulk, row))
  if (!(await writeMembership(bulk, before, { status: 'disabled' }, endsOne && !isRehearsal))) {
    if (endsOne && !(await hasOtherAdmin(bulk, row))) throw lastAdmin(row)
    throw changedMeanwhile(row)
  }
  const leaving = { ownerKey: `user:${row.userId}`, label: row.user.name, reason: why, by, handOver, note }
  return { ...(await recordDeparture(bulk, row.orgId, leaving, isRehearsal)), isLastAdmin }
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

function changedMeanwhile(row: MembershipRow): AppError {
  return new AppError('conflict', `Somebody else changed ${row.user.name} a moment ago. Look again.`)
}
