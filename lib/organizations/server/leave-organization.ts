import type { Context } from '@/lib/platform/context'
import { LeaveOrganizationInput } from '../schema'
import { targetOf } from './get-member'
import { findOwnMembership } from './store'
import { commitDeparture } from './update-member'

/**
 * Ends the caller's own membership, sessions in this organization and ownerships. An administrator can enable it again.
 * @throws AppError `precondition_failed` for the last active administrator, and when something would have no owner and neither
 * a receiver nor a reason is given; `forbidden` for a program
 */
export async function leaveOrganization(ctx: Context, given: LeaveOrganizationInput): Promise<void> {
  const input = LeaveOrganizationInput.parse(given)
  const row = await findOwnMembership(ctx)
  const permit = await ctx.authorize('leave', targetOf(row))
  await commitDeparture(ctx, permit, row, { action: 'member.leave', why: 'left', ...input })
}
