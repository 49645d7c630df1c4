import type { Context } from '@/lib/platform/context'
import type { MergeOutcome } from '@/lib/platform/db/bulk-merge'
import { type BulkTx, rehearseBulk } from '@/lib/platform/db/commit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { addChanges, addCounts, countRecords } from '../rules'
import { type ImportChanges, type ImportDetail, uploadLimits } from '../schema'
import { getImport } from './get-import'
import type { MappedFile, UploadedFile } from './map-file'
import { linkRecords, type MergeOutcomes, mergeBatch, type RecordBatch } from './merge-records'
import { parseFiles } from './parse-files'
import { insertRun, type NewFile, packRecords } from './store'

/** The most entries of what was not understood that are kept for each file; the counts stay true. */
const keptEntries = 500

/**
 * Reads files and says exactly what applying them would do, by doing it in a transaction that is rolled back. Stores the
 * normalised records for the apply; the files themselves are not kept. Changes nothing in the catalogue.
 * @throws AppError `invalid_input` when there is no file, or too many or too large ones
 */
export async function previewImport(ctx: Context, files: readonly UploadedFile[]): Promise<ImportDetail> {
  assertBounded(files)
  const id = uuidv7()
  const label = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`
  const permit = await ctx.authorize('preview', { kind: 'import', id, label, attr: { createdBy: ctx.actor.id } })
  const mapped = await parseFiles(files)
  const changes = await rehearseBulk(ctx.tenant, permit, (bulk) => mergeAll(bulk, mapped))
  const rows = mapped.map((file, no) => toRow(file, changes.get(no) ?? {}))
  const usable = rows.some((row) => row.records !== null)
  const run = {
    id,
    status: usable ? ('previewed' as const) : ('refused' as const),
    createdBy: ctx.actor.id,
    createdByLabel: ctx.actor.name,
    counts: addCounts(rows.flatMap((row) => row.counts ?? [])),
    changes: addChanges(rows.map((row) => row.changes)),
  }
  await ctx.commit(
    permit,
    {
      action: 'import.preview',
      target: { kind: 'import', id, label },
      after: {
        status: run.status,
        counts: run.counts,
        files: rows.map(({ name, sha256, format, error }) => ({ name, sha256, format, error })),
      },
    },
    (tx) => insertRun(tx, ctx.tenant.orgId, run, rows),
  )
  return getImport(ctx, { id })
}

function assertBounded(files: readonly UploadedFile[]): void {
  if (files.length === 0)
    throw new AppError('invalid_input', 'There is no file in this upload.', {
      fields: { files: 'Choose at least one file.' },
    })
  if (files.length > uploadLimits.files)
    throw new AppError(
      'invalid_input',
      `At most ${uploadLimits.files} files go into one import; this has ${files.length}.`,
    )
  const bytes = files.reduce((sum, file) => sum + file.bytes.byteLength, 0)
  if (bytes > uploadLimits.bytesInAll)
    throw new AppError('invalid_input', 'At most 100 MB go into one import. Import the files in parts.')
}

/** What connection a mapped file speaks for, and whether it may mark records gone: only a whole one may. */
export function batchOf(file: {
  name: string
  format: string | null
  coverage: 'source' | 'file'
  result: { system: string; instance: string; instanceName: string; refused: unknown[] } | null
}): Omit<RecordBatch, 'records'> | null {
  if (!file.result || !file.format) return null
  const { system, instance, instanceName, refused } = file.result
  const part = file.coverage === 'file' ? file.name : ''
  return { system, instance, instanceName, connector: file.format, part, complete: refused.length === 0 }
}

async function mergeAll(bulk: BulkTx, mapped: readonly MappedFile[]): Promise<Map<number, ImportChanges>> {
  const changes = new Map<number, ImportChanges>()
  for (const [no, file] of mapped.entries()) {
    const batch = file.error === null ? batchOf(file) : null
    if (!batch || !file.result) continue
    const { outcomes } = await mergeBatch(bulk, { ...batch, records: file.result.records })
    changes.set(no, toChanges(outcomes))
  }
  await linkRecords(bulk)
  return changes
}

/** The merge's outcome in the words of the contract. */
export function toChanges(outcomes: MergeOutcomes): ImportChanges {
  const entry = ([kind, o]: [string, MergeOutcome]) => [
    kind,
    {
      new: o.created,
      changed: o.changed,
      gone: o.gone,
      unchanged: o.total - o.created - o.changed,
      samples: { new: o.samples.created, changed: o.samples.changed, gone: o.samples.gone },
    },
  ]
  return Object.fromEntries(
    Object.entries(outcomes)
      .filter(([, o]) => o.total + o.gone > 0)
      .map(entry),
  )
}

function toRow(file: MappedFile, changes: ImportChanges): NewFile {
  const { result } = file
  const usable = result !== null && file.error === null
  return {
    name: file.name,
    bytes: file.bytes,
    sha256: file.sha256,
    format: file.format,
    header: file.header,
    columns: file.columns,
    system: result?.system ?? null,
    instance: result?.instance ?? null,
    instanceName: result?.instanceName ?? null,
    counts: usable ? countRecords(result) : null,
    changes,
    refused: result?.refused.slice(0, keptEntries) ?? [],
    unresolved: result?.unresolved.slice(0, keptEntries) ?? [],
    error: file.error,
    records: usable ? packRecords(result.records) : null,
  }
}
