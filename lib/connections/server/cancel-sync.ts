import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { SyncRun } from '../live'
import { connectionTarget, presentSync } from './present-connection'
import { askCancel, findSync } from './store-live'

/**
 * Stops a sync that waits or reads; nothing of it reaches the catalogue.
 * @throws AppError `conflict` when it has ended, or is being written already; `not_found`, `forbidden`
 */
export async function cancelSync(ctx: Context, input: { id: string }): Promise<SyncRun> {
  const run = await findSync(ctx, input.id)
  const target = connectionTarget(run.live)
  const permit = await ctx.authorize('cancel', target)
  await ctx.commit(permit, { action: 'connection.sync.cancel', target, after: { runId: run.id } }, async (tx) => {
    if (await askCancel(tx, { orgId: ctx.tenant.orgId, id: run.id }, new Date())) return
    throw new AppError('conflict', 'This sync has ended, or is being written to the inventory already.')
  })
  return presentSync(await findSync(ctx, run.id))
}
