import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { OwnerChangeRunList } from '../schema'
import { presentRunTo } from './present-owner-change'
import { actorKeyOf } from './store'
import { findRecentRuns } from './store-runs'

/**
 * The changes in the background that are under way or ended a moment ago: those of the caller, for 15 minutes, and for whoever
 * may follow all those of others too, for 2.
 * @throws AppError `forbidden` when the caller can have none
 */
export async function listOwnerChangeRuns(ctx: Context): Promise<OwnerChangeRunList> {
  const actorKey = actorKeyOf(ctx)
  const [visible, { cancel }] = await Promise.all([
    ctx.plan('list', 'owner_change'),
    ctx.rights(['cancel'], 'owner_change'),
  ])
  const readable = visible.rows ?? Prisma.sql`true`
  const rows = await findRecentRuns(ctx, { actorKey, readable, cancellable: cancel })
  const now = new Date()
  return { items: rows.map((row) => presentRunTo(actorKey, row, now)), isOfAll: visible.rows === null }
}
