import type { Context } from '@/lib/platform/context'
import type { OwnerChangeRunList } from '../schema'
import { presentRun } from './present-owner-change'
import { actorKeyOf } from './store'
import { findRecentRuns } from './store-runs'

/** The caller's changes in the background: those under way, and those that ended within 15 minutes. @throws AppError `forbidden` */
export async function listOwnerChangeRuns(ctx: Context): Promise<OwnerChangeRunList> {
  await ctx.plan('list', 'identity')
  const now = new Date()
  const rows = await findRecentRuns(ctx, actorKeyOf(ctx))
  return { items: rows.map((row) => presentRun(row, now)) }
}
