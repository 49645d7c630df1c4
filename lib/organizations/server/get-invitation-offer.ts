import { readerFor } from '@/lib/platform/db/client'
import { tenantOf } from '@/lib/platform/db/tenant'
import { GetOfferInput, MemberRole, type OfferedInvitation } from '../schema'
import { resolveInvitation } from './resolve-invitation'
import { findAccount, readOrganization } from './store'

/**
 * What the holder of a link sees before accepting. Needs no session: the link is the right to see it.
 * @throws AppError `not_found` for an unknown link, `conflict` for one that is not open any more
 */
export async function getInvitationOffer(given: GetOfferInput): Promise<OfferedInvitation> {
  const { token } = GetOfferInput.parse(given)
  const invitation = await resolveInvitation(token)
  const organization = await readOrganization(readerFor(tenantOf(invitation.orgId)), invitation.orgId)
  return {
    organizationName: organization.name,
    email: invitation.email,
    role: MemberRole.parse(invitation.role),
    invitedBy: invitation.invitedBy,
    expiresAt: invitation.expiresAt.toISOString(),
    hasAccount: (await findAccount(invitation.email)) !== null,
  }
}
