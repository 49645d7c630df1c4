import { contextOfPerson } from '@/lib/platform/auth/actor-context'
import { chooseActive, resolveMemberships, type SignInMethod } from '@/lib/platform/auth/resolve-session'
import type { SessionToken } from '@/lib/platform/auth/session-token'
import { sessionLifetimeHours } from '@/lib/platform/auth/settings'
import type { SignInOrigin } from '@/lib/platform/auth/sign-in-doors'
import { sessionTarget } from '../rules'
import { endSessions, insertSession, newSessionId } from './store'

/**
 * Begins a session for a person who has proved who they are, always under a new id, and ends the one that the browser
 * had before. It starts in the first of the person's organizations, by name, that admits this kind of sign-in, and stands
 * in that organization's audit trail; a person without an organization gets a session all the same, to accept an
 * invitation with.
 */
export async function recordSignIn(
  person: { id: string; name: string; email: string },
  method: SignInMethod,
  origin: SignInOrigin,
): Promise<SessionToken> {
  const sessionId = newSessionId()
  const organizations = await resolveMemberships(person.id)
  const active = await chooseActive(organizations, null, method)
  const session = {
    id: sessionId,
    userId: person.id,
    activeOrgId: active?.orgId ?? null,
    method,
    ip: origin.ip ?? null,
    userAgent: origin.userAgent ?? null,
    expiresAt: new Date(Date.now() + sessionLifetimeHours * 3_600_000),
  }
  if (active) {
    const ctx = contextOfPerson({ userId: person.id, ...person, sessionId }, active, {
      id: origin.requestId,
      ip: origin.ip,
    })
    const target = sessionTarget({ id: sessionId, userId: person.id, email: person.email })
    const permit = await ctx.authorize('create', target)
    await ctx.commit(permit, { action: 'session.create', target, after: { method, ip: session.ip } }, (tx) =>
      insertSession(session, tx),
    )
  } else {
    await insertSession(session)
  }
  if (origin.previous) await endSessions({ id: origin.previous.sessionId, userId: origin.previous.userId })
  return { sessionId, userId: person.id }
}
