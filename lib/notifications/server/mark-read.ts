import type { Context } from '@/lib/platform/context'
import { notificationTarget, personOf } from '../rules'
import { MarkAllReadInput, type MarkedAll, MarkReadInput, type Notification } from '../schema'
import { presentNotification } from './list-notifications'
import { findNotification, writeAllRead, writeRead } from './store'

/** Marks one of the caller's as read, or as unread again. @throws AppError `not_found`, `forbidden` for that of somebody else */
export async function markRead(ctx: Context, given: MarkReadInput): Promise<Notification> {
  const { id, isRead } = MarkReadInput.parse(given)
  const row = await findNotification(ctx, id)
  const target = notificationTarget(row)
  const permit = await ctx.authorize('mark', target)
  if ((row.readAt !== null) === isRead) return presentNotification(row)
  const readAt = isRead ? new Date() : null
  await ctx.commit(permit, { action: `notification.${isRead ? 'read' : 'unread'}`, target }, (tx) =>
    writeRead(tx, { orgId: row.orgId, id }, readAt),
  )
  return presentNotification({ ...row, readAt })
}

/** Marks all of the caller's as read that came until a moment. */
export async function markAllRead(ctx: Context, given: MarkAllReadInput): Promise<MarkedAll> {
  const { until } = MarkAllReadInput.parse(given)
  const userId = personOf(ctx.actor)
  const target = notificationTarget({ id: '*', userId, subject: 'own notifications' })
  const permit = await ctx.authorize('mark', target)
  const change = (marked: number) => ({ action: 'notification.read_all', target, after: { until, marked } })
  const marked = await ctx.commit(permit, change, (tx) =>
    writeAllRead(tx, { orgId: ctx.tenant.orgId, userId }, new Date(until)),
  )
  return { marked }
}
