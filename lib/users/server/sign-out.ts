import { contextOfPerson } from '@/lib/platform/auth/actor-context'
import { resolveSession } from '@/lib/platform/auth/resolve-session'
import type { SessionToken } from '@/lib/platform/auth/session-token'
import type { RequestInfo } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { revokeSession } from './revoke-session'
import { endSessions } from './store'

/**
 * Ends the session of a browser that signs out. Leaving must always work: when the decision point does not answer, the
 * session ends all the same, only without an audit event.
 */
export async function signOut(token: SessionToken, request: RequestInfo): Promise<void> {
  const person = await resolveSession(token)
  if (!person) return
  if (person.active) {
    try {
      await revokeSession(contextOfPerson(person, person.active, request), { id: person.sessionId })
      return
    } catch (error) {
      if (!isAppError(error) || error.code !== 'upstream_failed') throw error
    }
  }
  await endSessions({ id: person.sessionId, userId: person.userId })
}
