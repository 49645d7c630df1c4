import { admits } from '@/lib/platform/auth/resolve-session'
import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { sessionTarget } from '../rules'
import { findSession, writeActiveOrganization } from './store'

/**
 * Lets a session work in another organization from its next request on. The caller has proved the membership there; the
 * audit event stands in the organization that is left, without saying where to.
 * @throws AppError `precondition_failed` when that organization does not admit sessions that began in this one's way
 */
export async function setActiveOrganization(
  ctx: Context,
  permit: Permit,
  session: { sessionId: string; id: string; email: string },
  orgId: string,
): Promise<void> {
  const begun = await findSession(session.sessionId)
  if (begun && !(await admits(orgId, begun.method === 'oidc' ? 'oidc' : 'password'))) {
    throw new AppError(
      'precondition_failed',
      'That organization takes single sign-on only. Sign out, and come in that way to work there.',
    )
  }
  const target = sessionTarget({ id: session.sessionId, userId: session.id, email: session.email })
  return ctx.commit(permit, { action: 'session.organization.switch', target }, async (tx) => {
    if (await writeActiveOrganization(tx, session.sessionId, orgId)) return
    throw new AppError('unauthenticated', 'Your session has ended. Sign in again.')
  })
}
