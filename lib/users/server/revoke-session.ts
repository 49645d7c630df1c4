import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { sessionTarget } from '../rules'
import { RevokeSessionInput } from '../schema'
import { selfOf } from './list-sessions'
import { endSessions, findMember, findSession } from './store'

/**
 * Ends a session: the caller's own, or that of a member as it works in this organization. Its next request is refused.
 * @throws AppError `not_found`; `conflict` when it has ended already
 */
export async function revokeSession(ctx: Context, given: RevokeSessionInput): Promise<{ id: string }> {
  const { id } = RevokeSessionInput.parse(given)
  const session = await findSession(id)
  if (!session || !(await isWithinReach(ctx, session))) throw new AppError('not_found', 'There is no such session.')
  const target = sessionTarget({ id, userId: session.userId, email: session.user.email })
  const permit = await ctx.authorize('delete', target)
  await ctx.commit(permit, { action: 'session.revoke', target, before: { method: session.method } }, async (tx) => {
    if ((await endSessions({ id }, tx)) === 0) throw new AppError('conflict', 'This session has ended already.')
  })
  return { id }
}

async function isWithinReach(ctx: Context, session: { userId: string; activeOrgId: string | null }): Promise<boolean> {
  if (session.userId === selfOf(ctx)) return true
  if (session.activeOrgId !== null && session.activeOrgId !== ctx.tenant.orgId) return false
  return (await findMember(ctx.db, { userId: session.userId })) !== null
}
