import { findFormat } from '@/lib/connectors/registry'
import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { endProgress, reportProgress } from '@/lib/platform/jobs/progress'
import { addChanges, needsConsent } from '../rules'
import type { ImportChanges } from '../schema'
import { linkRecords, mergeBatch } from './merge-records'
import { targetOf } from './present-run'
import { batchOf, toChanges } from './preview-import'
import { type FoundRun, findRecords, findRun, moveRun, storeOutcome } from './store'

/**
 * Applies a queued import: merges every usable file in one transaction, so that all of it happens or nothing. Called by the
 * worker; may be called again after a crash.
 * @throws AppError `conflict` when the run is not queued; `precondition_failed` when, by now, too much would be marked gone
 */
export async function applyImport(ctx: Context, input: { id: string }): Promise<void> {
  const run = await findRun(ctx, input.id)
  const target = targetOf(run)
  const permit = await ctx.authorize('apply', target)
  await ctx.commit(permit, { action: 'import.apply.start', target }, (tx) =>
    moveRun(tx, ctx.tenant.orgId, run.id, 'applying', { startedAt: new Date() }),
  )
  try {
    await ctx.commitBulk(
      permit,
      (changes: ImportChanges) => ({
        action: 'import.apply',
        target,
        before: { status: 'applying' },
        after: { status: 'applied', changes },
      }),
      (bulk) => mergeRun(ctx, bulk, run),
    )
  } catch (error) {
    await recordFailure(ctx, run, error)
    throw error
  } finally {
    await endProgress(ctx.tenant, run.id)
  }
}

async function mergeRun(ctx: Context, bulk: BulkTx, run: FoundRun): Promise<ImportChanges> {
  const usable = run.files.filter((file) => file.error === null && file.format !== null)
  const report = (done: number, phase: string) =>
    reportProgress(ctx.tenant, run.id, { phase, done, total: usable.length + 1 })
  const outcomes: { no: number; connectionId: string; changes: ImportChanges }[] = []
  for (const [done, file] of usable.entries()) {
    await report(done, `Merging ${file.name}`)
    const batch = batchOf({
      name: file.name,
      format: file.format,
      coverage: findFormat(file.format ?? '')?.coverage ?? 'file',
      result: {
        system: file.system ?? '',
        instance: file.instance ?? '',
        instanceName: file.instanceName ?? '',
        refused: Array.isArray(file.refused) ? file.refused : [],
      },
    })
    if (!batch) continue
    const merged = await mergeBatch(bulk, { ...batch, runId: run.id, records: await findRecords(ctx, run.id, file.no) })
    outcomes.push({ no: file.no, connectionId: merged.connectionId, changes: toChanges(merged.outcomes) })
  }
  if (needsConsent(outcomes) && !run.acceptsVanished) {
    throw new AppError(
      'precondition_failed',
      'Since the preview, more than 20 % of what this source held would be marked gone. Preview the file again.',
    )
  }
  await report(usable.length, 'Linking')
  await linkRecords(bulk)
  const changes = addChanges(outcomes.map((outcome) => outcome.changes))
  await storeOutcome(bulk, run.id, changes, outcomes)
  return changes
}

async function recordFailure(ctx: Context, run: FoundRun, error: unknown): Promise<void> {
  const message =
    error instanceof AppError
      ? error.message
      : 'The import failed and nothing of it was kept. Apply it again, or see the log.'
  const target = targetOf(run)
  const permit = await ctx.authorize('apply', target)
  await ctx.commit(permit, { action: 'import.apply.fail', target, after: { status: 'failed', error: message } }, (tx) =>
    moveRun(tx, ctx.tenant.orgId, run.id, 'failed', { error: message, finishedAt: new Date() }),
  )
}

/** Applies a run at once, without the queue: for the command line and the demo organization. */
export async function applyNow(ctx: Context, input: { id: string; acceptVanished?: boolean }): Promise<void> {
  const run = await findRun(ctx, input.id)
  const target = targetOf(run)
  const permit = await ctx.authorize('apply', target)
  await ctx.commit(permit, { action: 'import.apply.request', target }, (tx) =>
    moveRun(tx, ctx.tenant.orgId, run.id, 'queued', { acceptsVanished: input.acceptVanished === true }),
  )
  await applyImport(ctx, { id: run.id })
}
