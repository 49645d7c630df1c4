import type { Context } from '@/lib/platform/context'
import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import type { Spool } from '@/lib/platform/files/spool'
import { statesBefore, underWay } from '../rules'
import type { ImportChanges, ImportCounts, ImportNotes, ImportStatus } from '../schema'
import { bytesOf, type RecordBlock, type RecordType } from './write-records'

/**
 * Finds or makes the source and the connection that a batch of records belongs to, and notes that it is applied now.
 * `appliedBefore`: when that was the last time, null when never. Times are the database's own, taken behind the
 * catalogue's lock, so that they stand in the order in which imports came through.
 */
export async function ensureConnection(
  bulk: BulkTx,
  at: { system: string; instance: string; instanceName: string; connector: string; part: string },
): Promise<{ sourceId: string; connectionId: string; appliedBefore: Date | null }> {
  const source = await bulk.client.query<{ id: string }>(
    `INSERT INTO source (org_id, system, instance, name) VALUES ($1, $2, $3, $4)
     ON CONFLICT (org_id, system, instance) DO UPDATE SET name = excluded.name RETURNING id`,
    [bulk.orgId, at.system, at.instance, at.instanceName],
  )
  const sourceId = source.rows[0]?.id ?? ''
  const connection = await bulk.client.query<{ id: string; before: Date | null }>(
    `INSERT INTO connection (org_id, source_id, connector, part, applied_at) VALUES ($1, $2, $3, $4, clock_timestamp())
     ON CONFLICT (org_id, source_id, connector, part) DO UPDATE SET applied_at = clock_timestamp()
     RETURNING id, old.applied_at AS before`,
    [bulk.orgId, sourceId, at.connector, at.part],
  )
  const [row] = connection.rows
  return { sourceId, connectionId: row?.id ?? '', appliedBefore: row?.before ?? null }
}

/** The database's clock, inside a transaction that goes on. */
export async function readClock(bulk: BulkTx): Promise<Date> {
  const { rows } = await bulk.client.query<{ now: Date }>(`SELECT clock_timestamp() AS now`)
  return rows[0]?.now ?? new Date()
}

export interface NewFile {
  name: string
  /** The file as it was uploaded. */
  upload: string
  bytes: number
  sha256: string
  format: string | null
  header: string[] | null
  columns: Record<string, string> | null
  system: string | null
  instance: string | null
  instanceName: string | null
  counts: ImportCounts | null
  changes: ImportChanges
  refused: { at: string; reason: string }[]
  refusedCount: number
  isComplete: boolean
  notes: ImportNotes
  unresolved: { at: string; reference: string; reason: string }[]
  error: string | null
  /** Null when nothing of it can be applied. */
  blocks: RecordBlock[] | null
}

/** Stores a previewed run with its files. */
export async function insertRun(
  tx: Tx,
  orgId: string,
  run: {
    id: string
    status: ImportStatus
    createdBy: string
    createdByLabel: string
    /** When the catalogue was what the preview compared with. */
    createdAt: Date
    counts: ImportCounts
    changes: ImportChanges
  },
  files: readonly NewFile[],
): Promise<void> {
  await tx.syncRun.create({ data: { orgId, ...run } })
  await tx.syncFile.createMany({
    data: files.map(({ counts, header, columns, blocks: _apart, ...file }, no) => ({
      ...file,
      orgId,
      runId: run.id,
      no,
      bytes: BigInt(file.bytes),
      counts: counts ?? {},
      ...(header ? { header } : {}),
      ...(columns ? { columns } : {}),
    })),
  })
  for (const [no, { blocks }] of files.entries()) {
    for (const [block, packed] of (blocks ?? []).entries()) {
      const { type, count } = packed
      const data = { orgId, runId: run.id, no, block, type, count, bytes: bytesOf(packed) }
      await tx.syncBlock.create({ data, select: { block: true } })
    }
  }
}

/**
 * Moves a run to another state if it is in one that allows it. `stalled`: nobody works on it any more, so that it may also
 * leave the states in which it waits for the worker.
 * @throws AppError `conflict` when it is not (any more)
 */
export async function moveRun(
  tx: Tx,
  orgId: string,
  id: string,
  to: ImportStatus,
  data: Prisma.SyncRunUpdateManyMutationInput = {},
  { stalled = false } = {},
) {
  const moved = await tx.syncRun.updateMany({
    where: { orgId, id, status: { in: [...statesBefore(to), ...(stalled ? underWay : [])] } },
    data: { ...data, status: to },
  })
  if (moved.count === 0)
    throw new AppError('conflict', 'This import has moved on in the meantime. Reload to see its state.')
}

/** Forgets the records of a run that nobody will apply any more. */
export async function dropRecords(tx: Tx, orgId: string, runId: string): Promise<void> {
  await tx.syncBlock.deleteMany({ where: { orgId, runId } })
}

export async function findRun(ctx: Context, id: string) {
  const { orgId } = ctx.tenant
  const run = await ctx.db.syncRun.findUnique({
    where: { orgId_id: { orgId, id } },
    include: { files: { orderBy: { no: 'asc' } } },
  })
  if (!run) throw new AppError('not_found', 'There is no such import in this organization.')
  const progress = await ctx.db.runProgress.findUnique({ where: { orgId_runId: { orgId, runId: id } } })
  return { ...run, progress }
}
export type FoundRun = Awaited<ReturnType<typeof findRun>>

/** A page of runs, newest first, from just before the run with the id `before`. */
export async function findRuns(ctx: Context, where: object, page: { before: string | null; limit: number }) {
  const { orgId } = ctx.tenant
  return ctx.db.syncRun.findMany({
    where: { AND: [where, { orgId, liveId: null }, page.before ? { id: { lt: page.before } } : {}] },
    include: { files: { orderBy: { no: 'asc' } } },
    orderBy: { id: 'desc' },
    take: page.limit + 1,
  })
}

/** Runs that hold records and have waited for somebody to apply them since before `before`; at most 100. */
export async function findForgottenRuns(ctx: Context, before: Date) {
  return ctx.db.syncRun.findMany({
    where: {
      orgId: ctx.tenant.orgId,
      createdAt: { lt: before },
      OR: [{ status: 'previewed' }, { status: 'failed', liveId: null }],
    },
    include: { files: { orderBy: { no: 'asc' } } },
    orderBy: { id: 'asc' },
    take: 100,
  })
}

const blocksAtOnce = 16

/**
 * The packed records of one type of one part of a run, brought to disk a few at a time.
 * @throws AppError `precondition_failed` when none of the part are kept any more
 */
export async function findBlocks(
  ctx: Context,
  { runId, no, type }: { runId: string; no: number; type: RecordType },
  spool: Spool,
): Promise<RecordBlock[]> {
  const part = { orgId: ctx.tenant.orgId, runId, no }
  const found: RecordBlock[] = []
  for (let after = -1; ; ) {
    const blocks = await ctx.db.syncBlock.findMany({
      where: { ...part, type, block: { gt: after } },
      select: { block: true, count: true, bytes: true },
      orderBy: { block: 'asc' },
      take: blocksAtOnce,
    })
    for (const { count, bytes } of blocks) found.push({ type, count, packed: spool.append(bytes) })
    const last = blocks.at(-1)
    if (last === undefined || blocks.length < blocksAtOnce) break
    after = last.block
  }
  if (found.length === 0 && (await ctx.db.syncBlock.count({ where: part })) === 0)
    throw new AppError('precondition_failed', 'The records of this import are no longer kept. Upload the file again.')
  return found
}

/** How many records are kept of each part of a run, by the part's number. */
export async function countKept(ctx: Context, runId: string): Promise<Map<number, number>> {
  const parts = await ctx.db.syncBlock.groupBy({
    by: ['no'],
    where: { orgId: ctx.tenant.orgId, runId },
    _sum: { count: true },
  })
  return new Map(parts.map(({ no, _sum }) => [no, _sum.count ?? 0]))
}

/** Ends an applied run, inside the transaction that merged it: what changed, and the records are not needed any more. */
export async function storeOutcome(
  bulk: BulkTx,
  runId: string,
  changes: ImportChanges,
  files: readonly { no: number; connectionId: string; changes: ImportChanges }[],
): Promise<void> {
  await bulk.client.query(
    `UPDATE sync_file f SET connection_id = o.connection_id, changes = coalesce(o.changes, f.changes)
     FROM sync_file s LEFT JOIN jsonb_to_recordset($3::jsonb) AS o(no int, connection_id uuid, changes jsonb) ON o.no = s.no
     WHERE s.org_id = $1 AND s.run_id = $2 AND f.org_id = s.org_id AND f.run_id = s.run_id AND f.no = s.no`,
    [
      bulk.orgId,
      runId,
      JSON.stringify(files.map((file) => ({ no: file.no, connection_id: file.connectionId, changes: file.changes }))),
    ],
  )
  await bulk.client.query(`DELETE FROM sync_block WHERE org_id = $1 AND run_id = $2`, [bulk.orgId, runId])
  const moved = await bulk.client.query(
    `UPDATE sync_run SET status = 'applied', finished_at = now(), changes = $3 WHERE org_id = $1 AND id = $2 AND status = 'applying'`,
    [bulk.orgId, runId, JSON.stringify(changes)],
  )
  if (moved.rowCount === 0) throw new AppError('conflict', 'This import has moved on in the meantime.')
}

/** Column mappings, the last used first: all (at most 500), those for a header, or one. */
export function findColumnMappings(ctx: Context, where: { id?: string; headerKey?: string | { in: string[] } } = {}) {
  return ctx.db.columnMapping.findMany({
    where: { orgId: ctx.tenant.orgId, ...where },
    orderBy: [{ usedAt: 'desc' }, { id: 'desc' }],
    take: 500,
  })
}

export function countColumnMappings(ctx: Context): Promise<number> {
  return ctx.db.columnMapping.count({ where: { orgId: ctx.tenant.orgId } })
}

/** Adds a mapping, or replaces the one of its name and header. */
export async function saveColumnMapping(
  tx: Tx,
  {
    id,
    orgId,
    name,
    headerKey,
    columns,
    createdBy,
  }: Omit<Prisma.ColumnMappingUncheckedCreateInput, 'usedAt' | 'createdAt'>,
): Promise<void> {
  await tx.columnMapping.upsert({
    where: { orgId_headerKey_name: { orgId, headerKey, name } },
    create: { id, orgId, name, headerKey, columns, createdBy },
    update: { columns, createdBy, usedAt: new Date() },
  })
}

/** Notes that files were read by these mappings. */
export async function touchColumnMappings(tx: Tx, orgId: string, ids: readonly string[]): Promise<void> {
  if (ids.length > 0)
    await tx.columnMapping.updateMany({ where: { orgId, id: { in: [...ids] } }, data: { usedAt: new Date() } })
}

export async function removeColumnMapping(tx: Tx, orgId: string, id: string): Promise<void> {
  await tx.columnMapping.deleteMany({ where: { orgId, id } })
}
