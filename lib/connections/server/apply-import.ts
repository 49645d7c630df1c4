import { requestScores } from '@/lib/access-graph/server/request-scores'
import { findFormat } from '@/lib/connectors/registry'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, lockCatalogue } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError, isAppError } from '@/lib/platform/errors'
import { openSpool, type Spool } from '@/lib/platform/files/spool'
import { endProgress, reportProgress } from '@/lib/platform/jobs/progress'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { sparedBy } from '../live'
import { addChanges, goneProblem, isForPeople, isLiveFormat, underWay } from '../rules'
import { ImportChanges } from '../schema'
import { batchOf, type FilePart, mergeFiles } from './merge-files'
import { findChangedEnds, linkRecords } from './merge-records'
import { targetOf } from './present-run'
import { countKept, type FoundRun, findBlocks, findRun, moveRun, storeOutcome } from './store'
import { recordSynced } from './store-live'
import { takeHeldMark } from './store-marks'
import type { RecordType } from './write-records'

/** How long an apply waits for another import of the organization; then its job comes again and others have their turn. */
const patienceMs = 15_000

/** Kinds of record as the progress of a merge names them. */
export const recordWords: Record<RecordType, string> = {
  resource: 'resources',
  role: 'roles',
  human: 'people',
  identity: 'identities',
  credential: 'credentials',
  entitlement: 'entitlements',
  sighting: 'sightings',
}

/**
 * Applies a queued import: merges every usable file in one transaction, so that all of it happens or nothing. Called by the
 * worker; may be called again after a crash. A refusal by rule ends the run as failed; after any other failure it stays
 * under way for the next attempt (`isWorthRetrying`), or for `giveUpImport` when there is none.
 * @throws AppError `conflict` when the run is not queued; `precondition_failed` when something newer was applied since its
 *   preview, or when, by now, too much would be marked gone
 */
export async function applyImport(ctx: Context, input: { id: string }): Promise<void> {
  const run = await findRun(ctx, input.id)
  const target = targetOf(run)
  const permit = await ctx.authorize('apply', target)
  await ctx.commit(permit, { action: 'import.apply.start', target }, (tx) =>
    moveRun(tx, ctx.tenant.orgId, run.id, 'applying', { startedAt: new Date() }),
  )
  const spool = openSpool()
  try {
    await ctx.commitBulk(
      permit,
      (changes: ImportChanges) => ({
        action: 'import.apply',
        target,
        before: { status: 'applying' },
        after: { status: 'applied', changes },
      }),
      (bulk) => mergeRun(ctx, bulk, run, spool),
    )
  } catch (error) {
    if (!isWorthRetrying(error)) await recordFailure(ctx, permit, run, error)
    throw error
  } finally {
    spool.close()
  }
  await endProgress(ctx.tenant, run.id)
}

async function mergeRun(ctx: Context, bulk: BulkTx, run: FoundRun, spool: Spool): Promise<ImportChanges> {
  const kept = await countKept(ctx, run.id)
  const spares = sparedBy(run.skipped)
  const countOf = ({ no }: FoundRun['files'][number]) => kept.get(no) ?? 0
  const parts = run.files.flatMap((file): FilePart[] => {
    const batch = file.error === null ? batchOf(fromStored(file)) : null
    const read = (type: RecordType) => findBlocks(ctx, { runId: run.id, no: file.no, type }, spool)
    const count = countOf(file)
    return batch
      ? [
          {
            no: file.no,
            name: file.name,
            batch: { ...batch, spares, runId: run.id, previewedAt: run.createdAt },
            count,
            read,
          },
        ]
      : []
  })
  const total = run.files.reduce((sum, file) => sum + countOf(file), 0)
  const report = (done: number, phase: string) =>
    reportProgress(ctx.tenant, run.id, { phase, done: Math.min(done, total), total })
  await report(0, 'Waiting for other imports')
  await lockCatalogue(bulk, 'write', patienceMs)
  const outcomes = await mergeFiles(bulk, parts, (file, next, done) =>
    report(done, `Merging ${recordWords[next]} of ${file.name}`),
  )
  const previewed = run.files.map((file) => ({ changes: ImportChanges.parse(file.changes) }))
  const problem = goneProblem(outcomes, { given: run.acceptsVanished, previewed })
  if (problem) throw new AppError('precondition_failed', problem)
  await report(total, 'Linking')
  await linkRecords(bulk)
  const changes = addChanges(outcomes.map((outcome) => outcome.changes))
  await storeOutcome(bulk, run.id, changes, outcomes)
  if (run.liveId !== null && outcomes[0]) {
    await recordSynced(bulk, run.id, outcomes[0].connectionId)
    await takeHeldMark(bulk, run.liveId, { id: run.id, readAt: run.createdAt })
  }
  // Last, so that nobody waits for it behind the import.
  await requestScores(bulk, ctx.tenant.orgId, await findChangedEnds(bulk))
  return changes
}

function fromStored(file: FoundRun['files'][number]) {
  const { name, format, system, instance, instanceName, isComplete } = file
  return {
    name,
    format,
    coverage: isLiveFormat(format) ? ('source' as const) : (findFormat(format ?? '')?.coverage ?? ('file' as const)),
    isComplete,
    result: { system: system ?? '', instance: instance ?? '', instanceName: instanceName ?? '' },
  }
}

/** Under the permit that the attempt had: a decision point that went away must not keep a run from ending. */
async function recordFailure(ctx: Context, permit: Permit, run: FoundRun, error: unknown): Promise<void> {
  const message = isAppError(error)
    ? error.message
    : 'The import failed and nothing of it was kept. Apply it again, or see the log.'
  const change = { action: 'import.apply.fail', target: targetOf(run), after: { status: 'failed', error: message } }
  await ctx.commit(permit, change, (tx) =>
    moveRun(tx, ctx.tenant.orgId, run.id, 'failed', { error: message, finishedAt: new Date() }),
  )
  await endProgress(ctx.tenant, run.id)
}

/** Ends a run that no attempt could bring through. Does nothing when it has ended already. */
export async function giveUpImport(ctx: Context, input: { id: string }): Promise<void> {
  const run = await findRun(ctx, input.id)
  if (!underWay.some((status) => status === run.status)) return
  const permit = await ctx.authorize('apply', targetOf(run))
  await recordFailure(ctx, permit, run, new Error('every attempt failed'))
}

/** Applies a run at once, without the queue: for the command line and the demo organization. */
export async function applyNow(ctx: Context, input: { id: string; acceptVanished?: boolean }): Promise<void> {
  const run = await findRun(ctx, input.id)
  const target = targetOf(run)
  const permit = await ctx.authorize('apply', target)
  if (!isForPeople(run)) throw new AppError('conflict', 'This sync does not wait for anybody. Start a new one.')
  const acceptsVanished = input.acceptVanished === true
  await ctx.commit(permit, { action: 'import.apply.request', target, after: { acceptsVanished } }, (tx) =>
    moveRun(tx, ctx.tenant.orgId, run.id, 'queued', { acceptsVanished }),
  )
  try {
    await applyImport(ctx, { id: run.id })
  } catch (error) {
    // Nobody comes again for this one.
    if (isWorthRetrying(error)) await recordFailure(ctx, permit, run, error)
    throw error
  }
}
