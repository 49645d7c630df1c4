import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { invitationState, invitationTarget } from '../rules'
import { RevokeInvitationInput } from '../schema'
import { closeInvitation, findInvitation } from './store'

/** Ends an open invitation; its link opens nothing any more. @throws AppError `conflict` when it is not open */
export async function revokeInvitation(ctx: Context, given: RevokeInvitationInput): Promise<void> {
  const input = RevokeInvitationInput.parse(given)
  const row = await findInvitation(ctx, input.id)
  const permit = await ctx.authorize('delete', invitationTarget(row))
  const now = new Date()
  await ctx.commit(
    permit,
    { action: 'invitation.revoke', target: invitationTarget(row), before: { email: row.email, role: row.role } },
    async (tx) => {
      if (await closeInvitation(tx, { orgId: row.orgId, id: row.id }, now, 'revokedAt')) return
      const state = invitationState(row, now.getTime())
      throw new AppError('conflict', `This invitation is ${state === 'open' ? 'closed' : state} already.`)
    },
  )
}
