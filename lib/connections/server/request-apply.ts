import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { reportProgress } from '@/lib/platform/jobs/progress'
import { isForPeople, isStalled, needsConsent } from '../rules'
import { type ApplyImportInput, ImportChanges, type ImportDetail } from '../schema'
import { getImport } from './get-import'
import { applyImportJob } from './jobs'
import { targetOf } from './present-run'
import { findRun, moveRun } from './store'

/**
 * Queues a previewed import for the background worker; also again, when the worker has not been heard of for five minutes.
 * @throws AppError `precondition_failed` when more than a fifth of the known identities or credentials would be marked gone
 *   and `acceptVanished` is not set; `conflict` when the run is not waiting to be applied; `not_found`, `forbidden`
 */
export async function requestApply(ctx: Context, input: ApplyImportInput): Promise<ImportDetail> {
  const run = await findRun(ctx, input.id)
  const target = targetOf(run)
  const permit = await ctx.authorize('apply', target)
  if (!isForPeople(run)) throw new AppError('conflict', 'This sync does not wait for anybody. Start a new one.')
  const stalled = isStalled(run, new Date())
  const acceptsVanished = input.acceptVanished === true
  if (needsConsent(run.files.map((file) => ({ changes: ImportChanges.parse(file.changes) }))) && !acceptsVanished) {
    throw new AppError(
      'precondition_failed',
      'More than 20 % of what this source held before is not in the file. If that is right, apply with consent to mark it gone.',
    )
  }
  await ctx.commit(permit, { action: 'import.apply.request', target, after: { acceptsVanished } }, async (tx) => {
    await moveRun(tx, ctx.tenant.orgId, run.id, 'queued', { acceptsVanished, error: null }, { stalled })
    await enqueue(tx, applyImportJob, { orgId: ctx.tenant.orgId, runId: run.id })
  })
  await reportProgress(ctx.tenant, run.id, { phase: 'Waiting for the worker', done: 0, total: 1 })
  return getImport(ctx, { id: run.id })
}
