import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { fetchPage } from '@/lib/platform/db/keyset'
import {
  Fact,
  mostUnread,
  type Notification,
  NotificationKind,
  type NotificationPage,
  NotificationQuery,
  type NotificationQueryInput,
  type UnreadCount,
} from '../schema'
import { kindFacts } from '../values'
import { countUnread, findRows, type NotificationRow } from './store'

/** The caller's notifications: unread ones first, the newest of each first. @throws AppError `invalid_input` for a bad cursor */
export async function listNotifications(ctx: Context, given: NotificationQueryInput = {}): Promise<NotificationPage> {
  const { cursor, limit, unread } = NotificationQuery.parse(given)
  const { where } = await ctx.plan('list', 'notification')
  const parts = [
    ...(unread === 'false' ? [] : [{ readAt: null }]),
    ...(unread === 'true' ? [] : [{ readAt: { not: null } }]),
  ]
  const { rows, nextCursor } = await fetchPage<NotificationRow>({
    name: `notifications:${unread ?? 'all'}:${ctx.tenant.orgId}`,
    segments: parts.map((part) => ({ where: part, column: 'createdAt', type: 'instant' })),
    direction: 'desc',
    cursor,
    limit,
    fetch: (page, orderBy, take) => findRows(ctx, { AND: [where, page] }, orderBy, take),
  })
  return { items: rows.map(presentNotification), nextCursor }
}

/** How many of the caller's are unread; from 100 on they are not counted. */
export async function getUnreadCount(ctx: Context): Promise<UnreadCount> {
  const { where } = await ctx.plan('list', 'notification')
  return { unread: await countUnread(ctx.db, where, mostUnread) }
}

export function presentNotification(row: NotificationRow): Notification {
  const kind = NotificationKind.parse(row.kind)
  return {
    ...{ id: row.id, kind, subject: row.subject, path: row.path, times: row.times },
    facts: z.array(Fact).parse(row.facts),
    isWaiting: kindFacts[kind].isWaiting,
    createdAt: row.createdAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
    readAt: row.readAt?.toISOString() ?? null,
  }
}
