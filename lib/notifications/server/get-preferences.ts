import type { Context } from '@/lib/platform/context'
import { nextDigest } from '../due-dates'
import { notificationTarget, personOf } from '../rules'
import type { NotificationPreferences } from '../schema'
import { notificationKinds } from '../values'
import { digestTimeOf, wayOf } from './notify-people'
import { openMailServer } from './open-mail-server'
import { findChoice } from './store'

export const ownTarget = ({ actor }: Context) =>
  notificationTarget({ id: '*', userId: personOf(actor), subject: 'own choice of notifications' })

/** How the caller is told of what. */
export async function getPreferences(ctx: Context): Promise<NotificationPreferences> {
  await ctx.authorize('read', ownTarget(ctx))
  const row = await findChoice(ctx, personOf(ctx.actor))
  const ways = (row?.ways ?? {}) as Record<string, string>
  const time = digestTimeOf({ timeZone: null, hour: null, weekday: null, ...row })
  const now = new Date()
  return {
    ways: Object.fromEntries(notificationKinds.map((kind) => [kind, wayOf({ ways }, kind)])) as never,
    ...time,
    isChosen: row !== null,
    nextDaily: nextDigest(now, 'daily', time).toISOString(),
    nextWeekly: nextDigest(now, 'weekly', time).toISOString(),
    isMailOn: (await openMailServer(ctx)) !== undefined,
  }
}
