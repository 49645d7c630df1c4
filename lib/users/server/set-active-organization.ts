import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { sessionTarget } from '../rules'
import { writeActiveOrganization } from './store'

/**
 * Lets a session work in another organization from its next request on. The caller has proved the membership there; the
 * audit event stands in the organization that is left, without saying where to.
 */
export function setActiveOrganization(
  ctx: Context,
  permit: Permit,
  session: { sessionId: string; id: string; email: string },
  orgId: string,
): Promise<void> {
  const target = sessionTarget({ id: session.sessionId, userId: session.id, email: session.email })
  return ctx.commit(permit, { action: 'session.organization.switch', target }, async (tx) => {
    if (await writeActiveOrganization(tx, session.sessionId, orgId)) return
    throw new AppError('unauthenticated', 'Your session has ended. Sign in again.')
  })
}
