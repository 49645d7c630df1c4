import { type Context, makeContext, type RequestInfo } from '@/lib/platform/context'
import { tenantOf } from '@/lib/platform/db/tenant'
import type { OrganizationAccess, SignedIn } from './resolve-session'

/** The context of a signed-in person in one of their organizations. */
export function contextOfPerson(
  person: Pick<SignedIn, 'userId' | 'name' | 'email' | 'sessionId'>,
  access: OrganizationAccess,
  request: RequestInfo,
): Context {
  const { userId: id, name, email, sessionId } = person
  const { role, grantedRoles, breakGlassId, teamIds } = access
  const actor = { kind: 'user' as const, id, name, email, role, grantedRoles, breakGlassId, teamIds, sessionId }
  return makeContext(actor, tenantOf(access.orgId), request)
}
