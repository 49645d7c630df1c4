import { contextOnBehalf } from '@/lib/platform/auth/delegate-context'
import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError, isAppError } from '@/lib/platform/errors'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { isUnderWay } from '../rules'
import type { OwnerChangeKind } from '../schema'
import { actionOf, type ReadyChange } from './map-owner-change'
import { runSql } from './store'
import { endRun, findRun, holdRun, type RunRow, recordBatch } from './store-runs'
import { countVerdicts, planChange, readyChange, writeChange } from './write-owner-change'
import { changedRows, writeRestored } from './write-restored-owners'

/** Identities in one transaction: a second or less, so that nobody waits long for a row, or for a run to stop. */
const batchSize = 2000

type Outcome = 'more' | 'done' | 'cancelled' | 'ended'

/**
 * Carries a run on to its end, by the worker. Each batch is a transaction that changes the owners and notes how far the run is, in
 * the name and with the rights that whoever asked for it has at that moment; so an attempt after a crash begins where the last
 * one stopped and changes nothing twice. A refusal ends the run as failed, with what was changed kept.
 * @throws what may pass (`isWorthRetrying`): the next attempt carries on
 */
export async function applyOwnerBatches(ctx: Context, input: { id: string }, signal?: AbortSignal): Promise<void> {
  const run = await findRun(ctx, input.id)
  if (!run || !isUnderWay(run.status)) return
  try {
    let outcome: Outcome = 'more'
    for (let batch = 0, next = 0; outcome === 'more'; batch += 1) {
      signal?.throwIfAborted()
      // Before the first, the second, the third, the fifth …: half of them at most are news to the planner.
      if (batch === next) {
        await ctx.sql(Prisma.sql`SELECT analyze_ownerships(${batch === 0}::boolean)`)
        next = Math.max(1, batch * 2)
      }
      outcome = await applyBatch(ctx, run)
    }
    if (outcome !== 'ended') await recordEnd(ctx, run, outcome, null)
  } catch (error) {
    if (signal?.aborted || isWorthRetrying(error)) throw error
    await recordEnd(ctx, run, 'failed', isAppError(error) ? error.message : null)
    throw error
  }
}

/** Ends a run that no attempt could carry on. Does nothing when it has ended already. */
export async function giveUpOwnerChange(ctx: Context, input: { id: string }): Promise<void> {
  const run = await findRun(ctx, input.id)
  if (!run || !isUnderWay(run.status)) return
  const error = 'It stopped on the way in every attempt, and what it had changed stays. See the log of the worker.'
  await recordEnd(ctx, run, 'failed', error)
}

async function applyBatch(ctx: Context, run: RunRow): Promise<Outcome> {
  const asker = await contextOnBehalf(ctx.tenant.orgId, run.actorKey)
  if (!asker) throw new AppError('forbidden', `${run.actorLabel} can no longer sign in, or the key has ended.`)
  if (run.change === 'restore') {
    const undone = run.undoes ? await findChange(ctx, run.undoes) : undefined
    if (!undone) throw new AppError('not_found', 'What was to be taken back is no longer known.')
    const { permit } = await asker.plan(actionOf[undone], 'identity')
    return commitBatch(asker, permit, run, changedRows(ctx.tenant.orgId, run.undoes ?? ''), (bulk) =>
      restoreBatch(bulk, run.undoes ?? ''),
    )
  }
  const order = { ...run.order, change: run.change }
  const { ready, permit } = await readyChange(asker, order, Prisma.sql`SELECT id FROM pg_temp.owner_batch`)
  const rows = Prisma.sql`SELECT identity_id AS id FROM selection_item
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND selection_id = ${run.selectionId}::uuid`
  return commitBatch(asker, permit, run, rows, (bulk) => changeBatch(bulk, ready, run.id))
}

interface BatchCounts {
  changed: number
  already: number
  refused: Record<string, number>
}

/** One batch of the ids that `rows` gives (`identity_id`), in their order, into `pg_temp.owner_batch (id)`. */
function commitBatch(
  asker: Context,
  permit: Permit,
  run: RunRow,
  rows: Prisma.Sql,
  write: (bulk: BulkTx) => Promise<BatchCounts>,
): Promise<Outcome> {
  return asker.commitPart(permit, async (bulk) => {
    const held = await holdRun(bulk, run.id)
    if (!held) return 'ended'
    if (held.isCancelling) return 'cancelled'
    const after = held.reached === null ? Prisma.empty : Prisma.sql`AND identity_id > ${held.reached}::uuid`
    await bulk.client.query(`CREATE TEMP TABLE owner_batch (id uuid PRIMARY KEY) ON COMMIT DROP`)
    await runSql(
      bulk,
      Prisma.sql`INSERT INTO pg_temp.owner_batch ${rows} ${after} GROUP BY identity_id ORDER BY identity_id LIMIT ${batchSize}::int`,
    )
    await bulk.client.query(`ANALYZE pg_temp.owner_batch`)
    const { rows: counted } = await bulk.client.query<{ done: number; reached: string | null }>(
      `SELECT count(*)::int AS done, (SELECT id::text FROM pg_temp.owner_batch ORDER BY id DESC LIMIT 1) AS reached FROM pg_temp.owner_batch`,
    )
    const [{ done, reached } = { done: 0, reached: null }] = counted
    if (reached === null) return 'done'
    await recordBatch(bulk, run.id, { done, reached, ...(await write(bulk)) })
    return done < batchSize ? 'done' : 'more'
  })
}

async function changeBatch(bulk: BulkTx, ready: ReadyChange, runId: string): Promise<BatchCounts> {
  await planChange(bulk, ready)
  const { change: _planned, already = 0, ...refused } = await countVerdicts(bulk)
  return { changed: await writeChange(bulk, ready, runId), already, refused }
}

async function restoreBatch(bulk: BulkTx, changeId: string): Promise<BatchCounts> {
  const { restored, refused } = await writeRestored(bulk, changeId, Prisma.sql`SELECT id FROM pg_temp.owner_batch`)
  return { changed: restored, already: 0, refused: refused > 0 ? { changed_since: refused } : {} }
}

async function findChange(ctx: Context, id: string): Promise<OwnerChangeKind | undefined> {
  const [row] = await ctx.sql<{ change: OwnerChangeKind }>(Prisma.sql`
    SELECT change FROM bulk_change WHERE org_id = ${ctx.tenant.orgId}::uuid AND id = ${id}::uuid`)
  return row?.change
}

/** The one event of what the run did, by whoever asked for it, or by the worker when they may no longer. */
async function recordEnd(
  ctx: Context,
  run: RunRow,
  status: 'done' | 'cancelled' | 'failed',
  error: string | null,
): Promise<void> {
  const target = { kind: 'identity' as const, id: run.undoes ?? run.id, label: `${run.total} identities`, attr: {} }
  const { by, permit } = await permitToEnd(ctx, run)
  const { ownerKey, label, duty, validUntil = null, reason } = run.order
  try {
    await by.commit(
      permit,
      ({ changed, already, refused, done }: Pick<RunRow, 'changed' | 'already' | 'refused' | 'done'>) => ({
        action: `identity.owner.${run.change}`,
        target,
        reason,
        after: {
          change: run.undoes ?? run.id,
          ...(ownerKey && { ownerKey, label }),
          ...(run.change === 'assign' && { duty, validUntil }),
          ...{ status, total: run.total, done, changed, already, refused },
          ...(error && { error }),
        },
      }),
      async (tx) => {
        const key = { orgId: ctx.tenant.orgId, id: run.id }
        const ended = await endRun(tx, key, { status, error: error ?? (status === 'failed' ? 'See the log.' : null) })
        if (ended) return ended
        throw new AppError('conflict', 'This run has ended already.')
      },
    )
  } catch (failure) {
    const isOver = isAppError(failure) && failure.code === 'conflict' && failure.retryAfterSeconds === undefined
    if (!isOver) throw failure
  }
}

async function permitToEnd(ctx: Context, run: RunRow): Promise<{ by: Context; permit: Permit }> {
  const asker = await contextOnBehalf(ctx.tenant.orgId, run.actorKey)
  const change = run.change === 'restore' && run.undoes ? await findChange(ctx, run.undoes) : run.change
  if (asker && change && change !== 'restore') {
    const found = await asker.plan(actionOf[change], 'identity').catch((error: unknown) => {
      if (isAppError(error) && error.code === 'forbidden') return undefined
      throw error
    })
    if (found) return { by: asker, permit: found.permit }
  }
  const target = { kind: 'identity' as const, id: '*', label: 'a change of many owners', attr: {} }
  return { by: ctx, permit: await ctx.authorize('end_owner_change', target) }
}
