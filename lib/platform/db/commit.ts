import type pg from 'pg'
import { type AuditDraft, appendEvents, type RunSql } from '@/lib/platform/audit/append'
import { AppError } from '@/lib/platform/errors'
import { writerFor } from './client'
import type { Prisma } from './generated/client'
import type { Permit } from './permit'
import { takeConnection } from './pool'
import type { Tenant } from './tenant'

declare const txBrand: unique symbol

/** The only key to a write, made only here: an open transaction, set to its organization, that will carry its audit event. */
export type Tx = Prisma.TransactionClient & { readonly [txBrand]: true }

/** The same for bulk work: one plain connection inside a transaction. */
export interface BulkTx {
  readonly orgId: string
  readonly client: pg.PoolClient
  readonly [txBrand]: true
}

interface Waiting {
  draftOf: (result: unknown) => AuditDraft
  write: (tx: Tx) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/** Commits that wait for the transaction under way of their organization; together they make the next one. */
const lanes = new Map<string, { waiting: Waiting[]; running: boolean }>()
const maxGroup = 50

/** How long a group waits for locked rows: once so long, after that hardly, so that its other entries are not held up. */
const lockPatienceMs = 2000
const lockPatienceLaterMs = 50

function assertPermit(tenant: Tenant, permit: Permit): void {
  if (permit.orgId !== tenant.orgId) throw new Error('the permit belongs to another organization')
}

/**
 * Runs `write` and appends its audit event in one transaction. While a transaction of the same organization is under way,
 * further commits queue up and share the next one (group commit), each behind its own savepoint: one that fails is rolled
 * back alone. The promise settles after the transaction has committed.
 */
export function runInLane<T>(
  tenant: Tenant,
  permit: Permit,
  draftOf: (result: T) => AuditDraft,
  write: (tx: Tx) => Promise<T>,
): Promise<T> {
  assertPermit(tenant, permit)
  const lane = lanes.get(tenant.orgId) ?? { waiting: [], running: false }
  lanes.set(tenant.orgId, lane)
  const result = new Promise<T>((resolve, reject) => {
    lane.waiting.push({
      draftOf: draftOf as (result: unknown) => AuditDraft,
      write,
      resolve: resolve as (value: unknown) => void,
      reject,
    })
  })
  if (!lane.running) {
    lane.running = true
    void drainLane(tenant, lane)
  }
  return result
}

async function drainLane(tenant: Tenant, lane: { waiting: Waiting[]; running: boolean }): Promise<void> {
  while (lane.waiting.length > 0) await runGroup(tenant, lane.waiting.splice(0, maxGroup))
  lane.running = false
  lanes.delete(tenant.orgId)
}

async function runGroup(tenant: Tenant, group: Waiting[]): Promise<void> {
  const settled: { entry: Waiting; value?: unknown; error?: unknown; failed: boolean }[] = []
  try {
    await writerFor(tenant).$transaction(
      async (tx) => {
        await setLockTimeout(tx, lockPatienceMs)
        for (const entry of group) {
          const outcome = await runBehindSavepoint(tx as Tx, entry)
          if (outcome.failed && isBusy(outcome.error)) await setLockTimeout(tx, lockPatienceLaterMs)
          settled.push(outcome)
        }
        // The chain's head is held only for as long as a commit takes: waiting for it is no failure.
        await setLockTimeout(tx, 0)
        const drafts = settled
          .filter((outcome) => !outcome.failed)
          .map((outcome) => outcome.entry.draftOf(outcome.value))
        if (drafts.length > 0) await appendEvents(prismaSql(tx), tenant.orgId, drafts)
      },
      { maxWait: 10_000, timeout: 30_000 },
    )
  } catch (error) {
    // Nothing of the group was committed: a single failing entry keeps its own error, all others get the group's.
    const own = new Map(settled.filter((outcome) => outcome.failed).map((outcome) => [outcome.entry, outcome.error]))
    for (const entry of group) entry.reject(own.get(entry) ?? error)
    return
  }
  for (const outcome of settled) {
    if (outcome.failed) outcome.entry.reject(outcome.error)
    else outcome.entry.resolve(outcome.value)
  }
}

async function runBehindSavepoint(tx: Tx, entry: Waiting) {
  await tx.$executeRawUnsafe('SAVEPOINT entry')
  try {
    const value = await entry.write(tx)
    await tx.$executeRawUnsafe('RELEASE SAVEPOINT entry')
    return { entry, value, failed: false }
  } catch (error) {
    await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT entry')
    return { entry, error: isLockFailure(error) ? busyRows(error) : error, failed: true }
  }
}

/** Until the transaction ends; 0 waits without a bound. */
async function setLockTimeout(tx: Prisma.TransactionClient, milliseconds: number): Promise<void> {
  await tx.$executeRawUnsafe(`SET LOCAL lock_timeout = ${milliseconds}`)
}

/** PostgreSQL's `lock_not_available` and `deadlock_detected`, as pg or as Prisma tells them. */
function isLockFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, meta } = error as Error & { code?: unknown; meta?: unknown }
  return /\b(55P03|40P01)\b/.test(`${String(code)} ${error.message} ${JSON.stringify(meta ?? {})}`)
}

function busyRows(cause: unknown): AppError {
  return new AppError(
    'conflict',
    'An import is writing to the same records at this moment, and nothing was changed. Try again in a few seconds.',
    { retryAfterSeconds: 5, cause },
  )
}

function isBusy(error: unknown): boolean {
  return error instanceof AppError && error.code === 'conflict' && isLockFailure(error.cause)
}

function prismaSql(tx: Prisma.TransactionClient): RunSql {
  return (sql, values) => tx.$queryRawUnsafe(sql, ...values)
}

/** Runs SQL inside an open transaction of either kind. */
export function sqlOf(tx: Tx | BulkTx): RunSql {
  if (!('client' in tx)) return prismaSql(tx)
  return async (sql, values) => (await tx.client.query<Record<string, unknown>>(sql, values)).rows
}

/** Runs bulk SQL on a connection of its own and appends its audit event in the same transaction. */
export async function runBulk<T>(
  tenant: Tenant,
  permit: Permit,
  draftOf: (result: T) => AuditDraft,
  write: (bulk: BulkTx) => Promise<T>,
): Promise<T> {
  assertPermit(tenant, permit)
  return inTransaction(tenant, async (client) => {
    const bulk = { orgId: tenant.orgId, client } as BulkTx
    const result = await write(bulk)
    await appendEvents(sqlOf(bulk), tenant.orgId, [draftOf(result)])
    return { keep: true, value: result }
  })
}

/**
 * One part of work that is too long for one transaction: bulk SQL without an event of its own. The audit trail says when the
 * whole was asked for, and how it ended.
 */
export async function runPart<T>(tenant: Tenant, permit: Permit, write: (bulk: BulkTx) => Promise<T>): Promise<T> {
  assertPermit(tenant, permit)
  return inTransaction(tenant, async (client) => ({
    keep: true,
    value: await write({ orgId: tenant.orgId, client } as BulkTx),
  }))
}

/**
 * Holds the organization's catalogue until the transaction ends: merges link what they find, and of two at once neither
 * would see the other's records. Merges that will be kept are alone (`write`); rehearsals, of which nothing stays, share.
 * Call it first, before any row is locked. Later statements of a rehearsal wait for rows no longer than this either.
 * @param waitMs how long to wait for whoever has it
 * @throws AppError `conflict` with `retryAfterSeconds` when it is not free in time
 */
export async function lockCatalogue(bulk: BulkTx, use: 'write' | 'rehearse', waitMs: number): Promise<void> {
  const lock = use === 'write' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared'
  await bulk.client.query(`SET LOCAL lock_timeout = ${Math.trunc(waitMs)}`)
  try {
    await bulk.client.query(`SELECT ${lock}(hashtextextended('catalogue:' || $1, 0))`, [bulk.orgId])
  } catch (error) {
    throw isLockFailure(error) ? busyCatalogue(error) : error
  }
  if (use === 'write') await bulk.client.query(`SET LOCAL lock_timeout = 0`)
}

function busyCatalogue(cause: unknown): AppError {
  return new AppError(
    'conflict',
    'Another import of this organization is being applied at this moment. Try again when it is through.',
    { retryAfterSeconds: 15, cause },
  )
}

/**
 * Runs bulk SQL and rolls it back: the way to say exactly what a change would do. Needs a permit, leaves no trace.
 * @throws AppError `conflict` with `retryAfterSeconds` when it meets rows that somebody else holds for too long
 */
export async function rehearseBulk<T>(tenant: Tenant, permit: Permit, write: (bulk: BulkTx) => Promise<T>): Promise<T> {
  assertPermit(tenant, permit)
  return inTransaction(tenant, async (client) => ({
    keep: false,
    value: await write({ orgId: tenant.orgId, client } as BulkTx),
  }))
}

async function inTransaction<T>(
  tenant: Tenant,
  work: (client: pg.PoolClient) => Promise<{ keep: boolean; value: T }>,
): Promise<T> {
  const client = await takeConnection(tenant.orgId)
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const { keep, value } = await work(client)
    await client.query(keep ? 'COMMIT' : 'ROLLBACK')
    return value
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw isLockFailure(error) ? busyCatalogue(error) : error
  } finally {
    client.release(broken)
  }
}
