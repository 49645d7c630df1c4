import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { endProgress } from '@/lib/platform/jobs/progress'
import { isForPeople, isStalled } from '../rules'
import type { ImportDetail } from '../schema'
import { getImport } from './get-import'
import { targetOf } from './present-run'
import { dropRecords, findRun, moveRun } from './store'

/**
 * Throws an import away that is not applied, also one whose worker has not been heard of for five minutes: its records are
 * forgotten, its history stays.
 * @throws AppError `conflict` when it is applied, discarded or being worked on
 */
export async function discardImport(ctx: Context, input: { id: string }): Promise<ImportDetail> {
  const run = await findRun(ctx, input.id)
  const target = targetOf(run)
  const permit = await ctx.authorize('delete', target)
  if (!isForPeople(run)) throw new AppError('conflict', 'This sync does not wait for anybody. Start a new one.')
  const stalled = isStalled(run, new Date())
  await ctx.commit(permit, { action: 'import.discard', target }, async (tx) => {
    await moveRun(tx, ctx.tenant.orgId, run.id, 'discarded', { finishedAt: new Date() }, { stalled })
    await dropRecords(tx, ctx.tenant.orgId, run.id)
  })
  await endProgress(ctx.tenant, run.id)
  return getImport(ctx, { id: run.id })
}
