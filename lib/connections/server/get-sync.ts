import type { Context } from '@/lib/platform/context'
import type { SyncRun } from '../live'
import { connectionTarget, presentSync } from './present-connection'
import { findProgress, findSync } from './store-live'

/** One sync and how far it is. @throws AppError `not_found`, `forbidden` */
export async function getSync(ctx: Context, input: { id: string }): Promise<SyncRun> {
  const run = await findSync(ctx, input.id)
  await ctx.authorize('read', connectionTarget(run.live))
  const [progress] = await findProgress(ctx, [run.id])
  return presentSync(run, progress)
}
