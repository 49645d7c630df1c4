import type { Context } from '@/lib/platform/context'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { invitationExpiry, invitationTarget } from '../rules'
import { CreatedInvitation, CreateInvitationInput } from '../schema'
import { presentInvitations } from './list-invitations'
import { newInvitationToken } from './resolve-invitation'
import { findMembershipByEmail, findOpenInvitation, type InvitationRow, insertInvitation } from './store'

/**
 * Invites a person by e-mail address into a role. The answer holds the link, which nobody can be told again.
 * @throws AppError `conflict` when the address belongs to a member or is invited already
 */
export async function createInvitation(ctx: Context, given: CreateInvitationInput): Promise<CreatedInvitation> {
  const input = CreateInvitationInput.parse(given)
  const target = invitationTarget({ id: '*', ...input })
  const permit = await ctx.authorize('create', target)
  const now = new Date()
  const [member, open] = await Promise.all([
    findMembershipByEmail(ctx.db, input.email),
    findOpenInvitation(ctx.db, input.email, now),
  ])
  if (member) throw refusal(`${input.email} is a member of this organization already.`, 'This person is a member.')
  if (open) {
    throw refusal(`${input.email} has an open invitation. Revoke it to make a new link.`, 'Invited already.')
  }
  const { token, tokenHash } = newInvitationToken()
  const row = await ctx.commit(
    permit,
    (made: InvitationRow) => ({
      action: 'invitation.create',
      target: invitationTarget(made),
      after: { email: made.email, role: made.role, expiresAt: made.expiresAt },
    }),
    (tx) =>
      insertInvitation(tx, {
        orgId: ctx.tenant.orgId,
        ...input,
        tokenHash,
        invitedBy: ctx.actor.name,
        expiresAt: invitationExpiry(now.getTime()),
      }),
  )
  const [invitation] = await presentInvitations(ctx, [row])
  return CreatedInvitation.parse({ invitation, link: `${env().PUBLIC_URL}/invitations/${token}` })
}

function refusal(message: string, onField: string): AppError {
  return new AppError('conflict', message, { fields: { email: onField } })
}
