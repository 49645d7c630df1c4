import type pg from 'pg'
import { type AuditDraft, appendEvents, type RunSql } from '@/lib/platform/audit/append'
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
        for (const entry of group) settled.push(await runBehindSavepoint(tx as Tx, entry))
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
    return { entry, error, failed: true }
  }
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
 * Runs bulk SQL and rolls it back: the way to say exactly what a change would do. Needs a permit, leaves no trace.
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
    throw error
  } finally {
    client.release(broken)
  }
}
