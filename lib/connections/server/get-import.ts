import type { Context } from '@/lib/platform/context'
import type { ImportDetail } from '../schema'
import { presentRun, targetOf } from './present-run'
import { findRun } from './store'

/** One import with its files, what it would do or did, and how far it is. @throws AppError `not_found`, `forbidden` */
export async function getImport(ctx: Context, input: { id: string }): Promise<ImportDetail> {
  const run = await findRun(ctx, input.id)
  await ctx.authorize('read', targetOf(run))
  return presentRun(ctx, run)
}
