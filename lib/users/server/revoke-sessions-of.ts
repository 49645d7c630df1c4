import { endSessions } from './store'

/**
 * Ends the sessions of a person that work in one organization. Part of a change that has its own permit and audit event,
 * such as disabling a membership; asks nobody itself.
 */
export async function revokeSessionsOf(userId: string, orgId: string): Promise<number> {
  return endSessions({ userId, OR: [{ activeOrgId: orgId }, { activeOrgId: null }] })
}
