import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'

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
  const target = { kind: 'session', id: session.sessionId, label: session.email }
  return ctx.commit(permit, { action: 'session.organization.switch', target }, async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { id: session.sessionId, userId: session.id, revokedAt: null },
      data: { activeOrgId: orgId },
    })
    if (count === 0) throw new AppError('unauthenticated', 'Your session has ended. Sign in again.')
  })
}
