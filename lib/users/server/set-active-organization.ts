import { admits } from '@/lib/platform/auth/resolve-session'
import type { Actor, Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { findSession, writeActiveOrganization } from './store'

/**
 * Lets the caller's session work in another organization from its next request on. The caller has proved membership and
 * holds a permit to switch; the audit event stands in the organization that is left.
 * @throws AppError `forbidden` when that organization insists on single sign-on; `unauthenticated` when the session ended
 */
export async function setActiveOrganization(
  ctx: Context,
  permit: Permit,
  actor: Extract<Actor, { kind: 'user' }>,
  orgId: string,
): Promise<void> {
  const session = await findSession(actor.sessionId)
  if (!session) throw new AppError('unauthenticated', 'This session has ended. Sign in again.')
  if (!(await admits(orgId, session.method === 'oidc' ? 'oidc' : 'password'))) {
    throw new AppError('forbidden', 'That organization asks for single sign-on. Sign out and come in that way.')
  }
  const change = {
    action: 'organization.switch',
    target: permit.target,
    before: { organizationId: ctx.tenant.orgId },
    after: { organizationId: orgId },
  }
  await ctx.commit(permit, change, async (tx) => {
    if (await writeActiveOrganization(tx, actor.sessionId, orgId)) return
    throw new AppError('unauthenticated', 'This session has ended. Sign in again.')
  })
}
