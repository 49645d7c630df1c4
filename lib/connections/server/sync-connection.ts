import { setTimeout as sleep } from 'node:timers/promises'
import { requestScores } from '@/lib/access-graph/server/request-scores'
import { findRemoved } from '@/lib/lifecycle/server/find-removed'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, lockCatalogue } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import { isAppError } from '@/lib/platform/errors'
import { openSpool } from '@/lib/platform/files/spool'
import { endProgress, reportProgress } from '@/lib/platform/jobs/progress'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { sparedBy } from '../live'
import { liveFormat, needsConsent, planReading, type ReadingPlan, underWay } from '../rules'
import type { ImportChanges } from '../schema'
import { recordWords } from './apply-import'
import { mergeFiles } from './merge-files'
import { findChangedEnds, linkRecords } from './merge-records'
import { connectionTarget } from './present-connection'
import { requireConnector } from './read-live-config'
import { type ReadSource, readSource } from './read-source'
import { storeOutcome } from './store'
import {
  type FoundSync,
  findStart,
  findSync,
  isStopped,
  moveSync,
  recordSynced,
  writeLive,
  writeRead,
} from './store-live'
import { findMark, holdMark, type KeptMark, keepMark } from './store-marks'
import { writeRights } from './write-rights'

/** How long a sync waits for an import of the organization; then its job comes again and reads anew. */
const patienceMs = 120_000
/** How often it is looked whether somebody wants a sync to end. */
const lookMs = 1000

/** Rolls a merge back that a person has to see first. */
class TooMuchGone extends Error {
  constructor(readonly changes: ImportChanges) {
    super('more than 20 % would be marked gone')
  }
}

/** One reading of a source on the way into the inventory. */
interface Reading {
  run: FoundSync
  read: ReadSource
  plan: ReadingPlan
  /** The mark as it was when the sync began. */
  before: KeptMark
}

/**
 * One sync, by the worker: reads the source to disk page by page, then merges all of it in one transaction, as an import does. Where
 * the source tells what changed since the last time, that alone is read; where it does not after all, or where more than a fifth
 * would be gone by that, everything is. What was read in part marks nothing gone. When more than a fifth would be, nothing is changed
 * and a person has to confirm. May be called again after a crash: it begins anew.
 */
export async function syncConnection(ctx: Context, input: { id: string }, jobSignal?: AbortSignal): Promise<void> {
  const run = await findSync(ctx, input.id)
  const target = connectionTarget(run.live)
  const permit = await ctx.authorize('sync', target)
  const key = { orgId: ctx.tenant.orgId, id: run.id }
  const before = await findMark(ctx, run.live.id)
  const { changes } = requireConnector(run.live.connector)
  const why = 'why' in changes ? changes.why : null
  const plan = planReading({ why, wantsAll: run.wantsAll, kept: before }, new Date())
  const begin = (next: ReadingPlan) =>
    ctx.commit(permit, { action: 'connection.sync.start', target, after: { runId: run.id, reads: next.reads } }, (tx) =>
      moveSync(tx, key, 'reading', { startedAt: new Date(), reads: next.reads, readsBecause: next.because }),
    )
  // Cancelled or ended by another attempt: there is nothing to do.
  if (!(await begin(plan))) return
  const stop = new AbortController()
  const onEnd = () => stop.abort()
  jobSignal?.addEventListener('abort', onEnd, { once: true })
  const watch = watchForCancel(ctx, run.id, stop)
  const attempt = async (next: ReadingPlan): Promise<string | null> => {
    const spool = openSpool()
    try {
      const mark = next.reads === 'changes' ? before.mark : null
      const read = await readSource(ctx, run, { spool, signal: stop.signal, permit, mark })
      if (await isStopped(ctx, run.id)) await endCancelled(ctx, permit, run)
      else if (read.refusedMark !== null) return read.refusedMark
      else if (read.problem !== null && read.total === 0) await endFailed(ctx, permit, run, read.problem)
      else return await writeSource(ctx, permit, { run, read, plan: next, before })
      return null
    } finally {
      spool.close()
    }
  }
  try {
    const problem = await attempt(plan)
    const whole: ReadingPlan = { reads: 'all', because: problem ?? '' }
    if (problem !== null && (await begin(whole))) await attempt(whole)
  } catch (error) {
    if (jobSignal?.aborted || isWorthRetrying(error)) throw error
    await endFailed(ctx, permit, run, isAppError(error) ? error.message : 'The sync failed. See the log.')
    throw error
  } finally {
    stop.abort()
    await watch
    jobSignal?.removeEventListener('abort', onEnd)
  }
  await endProgress(ctx.tenant, run.id)
}

async function watchForCancel(ctx: Context, runId: string, stop: AbortController): Promise<void> {
  while (!stop.signal.aborted) {
    await sleep(lookMs, undefined, { signal: stop.signal }).catch(() => {})
    // Not knowing is no reason to stop.
    if (!stop.signal.aborted && (await isStopped(ctx, runId).catch(() => false))) stop.abort()
  }
}

/** Answers why everything has to be read instead; null when it came to an end. */
async function writeSource(ctx: Context, permit: Permit, reading: Reading): Promise<string | null> {
  const { run, read, plan } = reading
  const target = connectionTarget(run.live)
  const key = { orgId: ctx.tenant.orgId, id: run.id }
  const { skipped, problem, isComplete, file } = read
  const facts = {
    counts: file.counts ?? {},
    skipped,
    isPartial: !isComplete,
    error: problem,
  }
  const moved = await ctx.commit(
    permit,
    {
      action: 'connection.sync.read',
      target,
      after: { runId: run.id, counts: facts.counts, isPartial: facts.isPartial },
    },
    async (tx) => {
      if (!(await moveSync(tx, key, 'applying', facts))) return false
      await writeRead(tx, key.orgId, run.id, { ...file, blocks: null })
      await writeLive(
        tx,
        { orgId: key.orgId, id: run.live.id },
        { rights: read.rights ?? undefined, selfIds: read.selfIds, rightsAt: new Date() },
      )
      return true
    },
  )
  if (!moved) {
    await endCancelled(ctx, permit, run)
    return null
  }
  try {
    await ctx.commitBulk(
      permit,
      (changes: ImportChanges) => ({
        action: 'connection.sync',
        target,
        after: { runId: run.id, reads: plan.reads, changes, isPartial: facts.isPartial },
      }),
      (bulk) => mergeSource(ctx, bulk, reading),
    )
  } catch (error) {
    if (!(error instanceof TooMuchGone)) throw error
    // A person is shown what the source holds, not what it said to have changed.
    if (plan.reads === 'changes') return 'By the changes alone, more than 20 % would be gone.'
    const change = { action: 'connection.sync.hold', target, after: { runId: run.id, changes: error.changes } }
    await ctx.commit(permit, change, async (tx) => {
      await moveSync(tx, key, 'previewed', { changes: error.changes, createdAt: new Date() })
      await writeRead(tx, key.orgId, run.id, { ...file, changes: error.changes })
      await holdMark(
        tx,
        { orgId: key.orgId, liveId: run.live.id, runId: run.id },
        { before: reading.before, found: read.found },
      )
    })
  }
  return null
}

async function mergeSource(ctx: Context, bulk: BulkTx, { run, read, plan, before }: Reading): Promise<ImportChanges> {
  const { live } = run
  const { changes } = read
  const report = (done: number, phase: string) => reportProgress(ctx.tenant, run.id, { phase, done, total: read.total })
  await report(0, 'Waiting for other imports')
  await lockCatalogue(bulk, 'write', patienceMs)
  const batch = {
    ...{ system: live.connector, instance: live.instance, instanceName: live.name },
    ...{ connector: liveFormat(live.connector), part: '', complete: read.isComplete && changes === null },
    ...{ runId: run.id, spares: sparedBy(read.skipped) },
    ...(changes === null ? {} : { changes }),
  }
  const blocks = read.file.blocks ?? []
  const part = {
    ...{ no: 0, name: live.name, batch, count: read.total },
    read: async (type: string) => blocks.filter((block) => block.type === type),
  }
  const outcomes = await mergeFiles(bulk, [part], (_file, next, done) => report(done, `Writing ${recordWords[next]}`))
  const [outcome] = outcomes
  if (!outcome) throw new Error('one part in, one outcome out')
  // What a revocation of ours deleted there is meant to be gone.
  if (needsConsent(outcomes) && needsConsent(outcomes, await findRemoved(bulk))) throw new TooMuchGone(outcome.changes)
  await report(read.total, 'Linking')
  await linkRecords(bulk)
  await writeRights(bulk, live.id, read, changes === null ? undefined : outcome)
  if (read.found) {
    const readAllAt = plan.reads === 'all' ? await findStart(bulk, run.id) : null
    await keepMark(bulk, live.id, { before, found: read.found, readAllAt })
  }
  await storeOutcome(bulk, run.id, outcome.changes, outcomes)
  await recordSynced(bulk, run.id, outcome.connectionId)
  await requestScores(bulk, ctx.tenant.orgId, await findChangedEnds(bulk))
  return outcome.changes
}

function endCancelled(ctx: Context, permit: Permit, run: FoundSync): Promise<unknown> {
  const change = {
    action: 'connection.sync.end',
    target: connectionTarget(run.live),
    after: { runId: run.id, status: 'cancelled' },
  }
  return ctx.commit(permit, change, (tx) =>
    moveSync(tx, { orgId: ctx.tenant.orgId, id: run.id }, 'cancelled', { finishedAt: new Date() }),
  )
}

async function endFailed(ctx: Context, permit: Permit, run: FoundSync, error: string): Promise<void> {
  const change = { action: 'connection.sync.fail', target: connectionTarget(run.live), after: { runId: run.id, error } }
  await ctx.commit(permit, change, (tx) =>
    moveSync(tx, { orgId: ctx.tenant.orgId, id: run.id }, 'failed', { error, finishedAt: new Date() }),
  )
  await endProgress(ctx.tenant, run.id)
}

/** Ends a sync that no attempt could bring through. Does nothing when it has ended already. */
export async function giveUpSync(ctx: Context, input: { id: string }): Promise<void> {
  const run = await findSync(ctx, input.id)
  if (!underWay.some((status) => status === run.status)) return
  const permit = await ctx.authorize('sync', connectionTarget(run.live))
  await endFailed(ctx, permit, run, 'The sync failed in every attempt. See the log of the worker.')
}
