import { makeContext, type RequestInfo } from '@/lib/platform/context'
import { tenantOf } from '@/lib/platform/db/tenant'
import { AppError } from '@/lib/platform/errors'
import { createUser } from '@/lib/users/server/create-user'
import { invitationTarget } from '../rules'
import { AcceptInvitationInput, JoinByInvitationInput, type JoinedOrganization, MemberRole } from '../schema'
import { resolveInvitation } from './resolve-invitation'
import { closeInvitation, findAccount, findOrganization, type InvitationRow, insertMembership } from './store'

interface Person {
  id: string
  name: string
  email: string
}

/**
 * Makes a signed-in person a member of the organization whose link they hold. Runs before the person has any right there,
 * so it takes the person, not a context; the decision point is asked whether the invitation is theirs.
 * @throws AppError `not_found`, `conflict` (used, revoked, expired, already a member), `forbidden` (another's invitation)
 */
export async function acceptInvitation(
  person: Person,
  given: AcceptInvitationInput,
  request: RequestInfo,
): Promise<JoinedOrganization> {
  const { token } = AcceptInvitationInput.parse(given)
  return join(person, await resolveInvitation(token), request)
}

/**
 * Makes an account for a person who has none, and that account a member. The address is the invitation's, but holding
 * the link does not prove that one reads its mail: whoever invites sees the link. Nobody else's invitation can be taken
 * with such an account, and its password and sessions end when the address's holder first comes by single sign-on.
 * @throws AppError as `acceptInvitation`; `conflict` also when the address has an account, which must sign in instead
 */
export async function acceptAsNewPerson(
  given: JoinByInvitationInput,
  request: RequestInfo,
): Promise<JoinedOrganization> {
  const { token, name, password } = JoinByInvitationInput.parse(given)
  const invitation = await resolveInvitation(token)
  if (await findAccount(invitation.email)) {
    throw new AppError('conflict', `${invitation.email} has an account here. Sign in to accept the invitation.`)
  }
  const person = await createUser({ email: invitation.email, name, password })
  return join({ id: person.id, name, email: invitation.email }, invitation, request, { account: 'created' })
}

async function join(
  person: Person,
  invitation: InvitationRow,
  request: RequestInfo,
  more: { account?: 'created' } = {},
): Promise<JoinedOrganization> {
  if (invitation.email !== person.email) {
    const message = `This invitation is for ${invitation.email}, and you are signed in as ${person.email}. Sign in as the other to accept it.`
    throw new AppError('forbidden', message)
  }
  const role = MemberRole.parse(invitation.role)
  const { orgId, id } = invitation
  const ctx = makeContext({ kind: 'user', ...person, role, teamIds: [], sessionId: '' }, tenantOf(orgId), request)
  const target = invitationTarget(invitation, person.id)
  const permit = await ctx.authorize('accept', target)
  await ctx.commit(
    permit,
    { action: 'invitation.accept', target, after: { member: person.email, name: person.name, role, ...more } },
    async (tx) => {
      if (!(await closeInvitation(tx, { orgId, id }, new Date(), 'acceptedAt'))) {
        throw new AppError('conflict', 'This invitation is closed already.')
      }
      if (!(await insertMembership(tx, { orgId, userId: person.id, role }))) {
        throw new AppError('conflict', 'You are a member of this organization already.')
      }
    },
  )
  const organization = await findOrganization(ctx)
  return { organizationId: orgId, organizationName: organization.name, email: person.email }
}
