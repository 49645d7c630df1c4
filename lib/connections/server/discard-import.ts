import type { Context } from '@/lib/platform/context'
import type { ImportDetail } from '../schema'
import { getImport } from './get-import'
import { targetOf } from './present-run'
import { dropRecords, findRun, moveRun } from './store'

/** Throws a previewed or failed import away: its records are forgotten, its history stays. @throws AppError `conflict` */
export async function discardImport(ctx: Context, input: { id: string }): Promise<ImportDetail> {
  const run = await findRun(ctx, input.id)
  const target = targetOf(run)
  const permit = await ctx.authorize('delete', target)
  await ctx.commit(permit, { action: 'import.discard', target }, async (tx) => {
    await moveRun(tx, ctx.tenant.orgId, run.id, 'discarded', { finishedAt: new Date() })
    await dropRecords(tx, ctx.tenant.orgId, run.id)
  })
  return getImport(ctx, { id: run.id })
}
