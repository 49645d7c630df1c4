import type { Context } from '@/lib/platform/context'
import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { statesBefore, underWay } from '../rules'
import type { ImportStatus } from '../schema'
import { keptRefusals } from './map-results'
import type { NewFile } from './store'
import { bytesOf } from './write-records'

const lastRun = {
  runs: { orderBy: { id: 'desc' as const }, take: 1, include: { files: true } },
  sourceConnection: { select: { sourceId: true } },
  mark: { select: { readAllAt: true } },
} satisfies Prisma.LiveConnectionInclude

export type FoundLive = Prisma.LiveConnectionGetPayload<{ include: typeof lastRun }>
type LiveRow = Omit<FoundLive, 'runs' | 'sourceConnection' | 'mark'>

/** One connection with its last run. @throws AppError `not_found`, also when it was deleted */
export async function findLive(ctx: Context, id: string): Promise<FoundLive> {
  const live = await ctx.db.liveConnection.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id }, deletedAt: null },
    include: lastRun,
  })
  if (!live) throw new AppError('not_found', 'There is no such connection in this organization.')
  return live
}

/** All connections, by name; at most 500. */
export function findLives(ctx: Context, where: object): Promise<FoundLive[]> {
  return ctx.db.liveConnection.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId, deletedAt: null }] },
    include: lastRun,
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: 500,
  })
}

/** Those whose time has come, the longest waiting first. */
export function findDue(ctx: Context, now: Date): Promise<FoundLive[]> {
  return ctx.db.liveConnection.findMany({
    where: { orgId: ctx.tenant.orgId, deletedAt: null, status: 'active', nextSyncAt: { lte: now } },
    include: lastRun,
    orderBy: { nextSyncAt: 'asc' },
    take: 100,
  })
}

/** @throws AppError `conflict` when there is one for this source already */
export async function insertLive(tx: Tx, data: Prisma.LiveConnectionUncheckedCreateInput): Promise<void> {
  await tx.liveConnection
    .create({ data, select: { id: true } })
    .catch(translated('There is a connection to this source already. Edit it, or give the source another name.'))
}

export async function writeLive(
  tx: Tx,
  { orgId, id }: Pick<LiveRow, 'orgId' | 'id'>,
  data: Prisma.LiveConnectionUncheckedUpdateManyInput,
): Promise<void> {
  const { count } = await tx.liveConnection.updateMany({
    where: { orgId, id, deletedAt: null },
    data: { ...data, updatedAt: new Date() },
  })
  if (count === 0) throw new AppError('not_found', 'This connection was removed in the meantime.')
}

/** Ids and secrets of every connection, for a new key. */
export function findSealed(ctx: Context) {
  return ctx.db.liveConnection.findMany({
    where: { orgId: ctx.tenant.orgId, secrets: { not: null } },
    select: { orgId: true, id: true, name: true, createdBy: true, secrets: true },
    orderBy: { id: 'asc' },
  })
}

/** Replaces secrets, if they are still those that were read. */
export async function replaceSecrets(
  tx: Tx,
  { orgId, id }: Pick<LiveRow, 'orgId' | 'id'>,
  secrets: { from: Uint8Array<ArrayBuffer>; to: Uint8Array<ArrayBuffer> },
): Promise<boolean> {
  const { count } = await tx.liveConnection.updateMany({
    where: { orgId, id, secrets: secrets.from },
    data: { secrets: secrets.to },
  })
  return count > 0
}

const busy = 'A sync of this connection is under way already.'

/** Adds a run that waits for the worker, in place of one that waited for a person. @throws AppError `conflict` when one is under way */
export async function insertSync(
  tx: Tx,
  run: { orgId: string; id: string; liveId: string; createdBy: string; createdByLabel: string; wantsAll: boolean },
): Promise<void> {
  const waiting = { orgId: run.orgId, liveId: run.liveId, status: 'previewed' }
  await tx.syncBlock.deleteMany({ where: { orgId: run.orgId, file: { run: waiting } } })
  await tx.syncRun.updateMany({ where: waiting, data: { status: 'discarded', finishedAt: new Date() } })
  await tx.syncRun.create({ data: { ...run, status: 'queued' }, select: { id: true } }).catch(translated(busy))
}

export async function findSync(ctx: Context, id: string) {
  const run = await ctx.db.syncRun.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: { live: true, files: true },
  })
  if (!run?.live) throw new AppError('not_found', 'There is no such sync in this organization.')
  return { ...run, live: run.live }
}
export type FoundSync = Awaited<ReturnType<typeof findSync>>

/** A page of a connection's runs, newest first. */
export function findSyncs(ctx: Context, liveId: string, page: { before: string | null; limit: number }) {
  return ctx.db.syncRun.findMany({
    where: { orgId: ctx.tenant.orgId, liveId, ...(page.before ? { id: { lt: page.before } } : {}) },
    include: { files: true },
    orderBy: { id: 'desc' },
    take: page.limit + 1,
  })
}

/** The run of a connection that is under way. */
export function findRunning(ctx: Context, liveId: string) {
  return ctx.db.syncRun.findFirst({ where: { orgId: ctx.tenant.orgId, liveId, status: { in: [...underWay] } } })
}

export function findProgress(ctx: Context, runIds: readonly string[]) {
  return ctx.db.runProgress.findMany({ where: { orgId: ctx.tenant.orgId, runId: { in: [...runIds] } } })
}

/** Moves a sync on. False when it is in no state that allows it. */
export async function moveSync(
  tx: Tx,
  { orgId, id }: { orgId: string; id: string },
  to: ImportStatus,
  data: Prisma.SyncRunUncheckedUpdateManyInput = {},
): Promise<boolean> {
  const { count } = await tx.syncRun.updateMany({
    where: { orgId, id, status: { in: statesBefore(to) } },
    data: { ...data, status: to },
  })
  return count > 0
}

/** Asks the worker to stop; ends at once what no worker has. True when there was something to stop. */
export async function askCancel(tx: Tx, key: { orgId: string; id: string }, now: Date): Promise<boolean> {
  const queued = await tx.syncRun.updateMany({
    where: { ...key, status: 'queued' },
    data: { status: 'cancelled', cancelAskedAt: now, finishedAt: now },
  })
  const reading = await tx.syncRun.updateMany({ where: { ...key, status: 'reading' }, data: { cancelAskedAt: now } })
  return queued.count + reading.count > 0
}

/** Whether a run was asked to stop, or is not under way any more. */
export async function isStopped(ctx: Context, id: string): Promise<boolean> {
  const run = await ctx.db.syncRun.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    select: { cancelAskedAt: true, status: true },
  })
  return run === null || run.cancelAskedAt !== null || !underWay.some((status) => status === run.status)
}

/** What a sync read, as the one part of its run; of an earlier attempt nothing stays. With blocks when a person must look first. */
export async function writeRead(tx: Tx, orgId: string, runId: string, file: NewFile): Promise<void> {
  const { blocks, counts, header: _none, columns: _neither, refused, unresolved, ...row } = file
  await tx.syncFile.deleteMany({ where: { orgId, runId } })
  await tx.syncFile.create({
    data: {
      ...row,
      orgId,
      runId,
      no: 0,
      bytes: BigInt(file.bytes),
      counts: counts ?? {},
      refused: refused.slice(0, keptRefusals),
      unresolved: unresolved.slice(0, keptRefusals),
    },
    select: { no: true },
  })
  for (const [block, packed] of (blocks ?? []).entries()) {
    const { type, count } = packed
    const data = { orgId, runId, no: 0, block, type, count, bytes: bytesOf(packed) }
    await tx.syncBlock.create({ data, select: { block: true } })
  }
}

/** When a run began to read. */
export async function findStart(bulk: BulkTx, runId: string): Promise<Date> {
  const { rows } = await bulk.client.query<{ at: Date }>(
    `SELECT coalesce(started_at, now()) AS at FROM sync_run WHERE org_id = $1 AND id = $2`,
    [bulk.orgId, runId],
  )
  return rows[0]?.at ?? new Date()
}

/** Notes, inside the transaction that merged, what a connection has brought its source to. */
export async function recordSynced(bulk: BulkTx, runId: string, connectionId: string): Promise<void> {
  await bulk.client.query(
    `UPDATE live_connection l SET connection_id = $3, synced_at = coalesce(r.started_at, now())
     FROM sync_run r WHERE r.org_id = $1 AND r.id = $2 AND l.org_id = r.org_id AND l.id = r.live_connection_id`,
    [bulk.orgId, runId, connectionId],
  )
}

/** Ends a connection: nothing is left that opens anything. @throws AppError `conflict` when a sync has begun meanwhile */
export async function removeLive(bulk: BulkTx, id: string): Promise<void> {
  const key = [bulk.orgId, id]
  await bulk.client.query(`DELETE FROM live_right WHERE org_id = $1 AND live_connection_id = $2`, key)
  await bulk.client.query(`DELETE FROM live_mark WHERE org_id = $1 AND live_connection_id = $2`, key)
  await bulk.client.query(
    `UPDATE sync_run SET status = 'discarded', finished_at = now() WHERE org_id = $1 AND live_connection_id = $2 AND status = 'previewed'`,
    key,
  )
  const { rowCount } = await bulk.client.query(
    `UPDATE live_connection SET secrets = NULL, config = '{}', rights = NULL, self_ids = '{}', next_sync_at = NULL, deleted_at = now(),
       updated_at = now()
     WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL AND NOT EXISTS (
       SELECT FROM sync_run r WHERE r.org_id = $1 AND r.live_connection_id = $2 AND r.status IN ('queued', 'reading', 'applying'))`,
    key,
  )
  if (rowCount === 0)
    throw new AppError('conflict', 'A sync has begun, or the connection was removed, in the meantime.')
}

/** Unique keys that are met tell of a state, not of a defect. */
function translated(message: string) {
  return (error: unknown): never => {
    if ((error as { code?: unknown } | null)?.code === 'P2002')
      throw new AppError('conflict', message, { cause: error })
    throw error
  }
}
