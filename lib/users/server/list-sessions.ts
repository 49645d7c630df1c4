import { sessionIdleHours } from '@/lib/platform/auth/settings'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { deviceOf, sessionTarget } from '../rules'
import { ListSessionsInput, type UserSessionList } from '../schema'
import { findMember, listLiveSessions } from './store'

/**
 * The sessions that hold: the caller's own, or those of another member which work in this organization. What a member
 * does in other organizations is not shown.
 * @throws AppError `not_found` for somebody who is not a member
 */
export async function listSessions(ctx: Context, given: ListSessionsInput = {}): Promise<UserSessionList> {
  const input = ListSessionsInput.parse(given)
  const self = selfOf(ctx)
  const userId = input.userId ?? self
  const { where } = await ctx.plan('list', 'session')
  const isOwn = userId === self
  if (!isOwn && !(await findMember(ctx.db, { userId }))) throw new AppError('not_found', 'There is no such member.')
  const now = new Date()
  const live = { now, idleSince: new Date(now.getTime() - sessionIdleHours * 3_600_000) }
  const rows = await listLiveSessions(userId, isOwn ? where : { AND: [where, withinOrganization(ctx)] }, live)
  const targets = rows.map((row) => sessionTarget({ id: row.id, userId: row.userId, email: row.user.email }))
  const can = await ctx.can(['delete'], targets)
  return {
    items: rows.map((row, at) => ({
      id: row.id,
      method: row.method === 'oidc' ? 'oidc' : 'password',
      ip: row.ip,
      device: deviceOf(row.userAgent),
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      isCurrent: ctx.actor.kind === 'user' && ctx.actor.sessionId === row.id,
      can: { delete: can[at]?.delete ?? false },
    })),
  }
}

/** The person behind the caller. @throws AppError `forbidden` for a job, which is nobody */
export function selfOf(ctx: Context): string {
  const { actor } = ctx
  if (actor.kind === 'job') throw new AppError('forbidden', 'Jobs have no sessions.')
  return actor.kind === 'user' ? actor.id : actor.ownerId
}

/** Sessions that work in the caller's organization, or in none yet. */
export function withinOrganization(ctx: Context) {
  return { OR: [{ activeOrgId: ctx.tenant.orgId }, { activeOrgId: null }] }
}
