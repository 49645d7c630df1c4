import { findAmbiguous } from '@/lib/access-graph/server/merge-aliases'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, lockCatalogue, rehearseBulk } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { formatBytes } from '@/lib/platform/files/limits'
import { openSpool, type Spool } from '@/lib/platform/files/spool'
import { addChanges, addCounts } from '../rules'
import { type ImportChanges, type ImportDetail, uploadLimits } from '../schema'
import { getImport } from './get-import'
import { type MappedFile, sizeOf, type UploadedFile } from './map-file'
import { headerKey } from './map-header'
import { keptRefusals } from './map-results'
import { batchOf, type FileOutcome, type FilePart, mergeFiles } from './merge-files'
import { linkRecords } from './merge-records'
import { parseFiles } from './parse-files'
import { resolveReferences } from './resolve-references'
import { findColumnMappings, insertRun, type NewFile, readClock, touchColumnMappings } from './store'
import { countBlocks, type RecordType } from './write-records'

type FoundMappings = Awaited<ReturnType<typeof findColumnMappings>>

/** How long a preview waits for an import that is being applied, and for rows that another preview holds. */
const patienceMs = 20_000

/**
 * Reads files and says exactly what applying them would do, by doing it in a transaction that is rolled back. Stores the
 * normalised records for the apply; the files themselves are not kept. Changes nothing in the catalogue.
 * The bytes of the files go to the parsing thread: the caller must not use them afterwards.
 * @throws AppError `invalid_input` when there is no file, or too many or too large ones; `rate_limited` while too many
 *   others are being read; `conflict` with `retryAfterSeconds` while an import is being applied for more than 20 s
 */
export async function previewImport(ctx: Context, files: readonly UploadedFile[]): Promise<ImportDetail> {
  assertBounded(files)
  const id = uuidv7()
  const label = files.length === 1 ? (files[0]?.name ?? '') : `${files.length} files`
  const permit = await ctx.authorize('preview', { kind: 'import', id, label, attr: { createdBy: ctx.actor.id } })
  const kept = await findColumnMappings(ctx)
  // The last used first: of several for one header that one is taken.
  const columns = Object.fromEntries(
    kept.toReversed().map((row) => [row.headerKey, row.columns as Record<string, string>]),
  )
  const given = files.map((file) => ({ ...file, kept: columns }))
  const spool = openSpool()
  try {
    return await previewFiles(ctx, permit, given, { id, label, kept, spool })
  } finally {
    spool.close()
  }
}

async function previewFiles(
  ctx: Context,
  permit: Permit,
  files: readonly UploadedFile[],
  { id, label, kept, spool }: { id: string; label: string; kept: FoundMappings; spool: Spool },
): Promise<ImportDetail> {
  const mapped = resolveReferences(await parseFiles(files, spool), spool)
  const { at, outcomes, ambiguous } = await rehearseBulk(ctx.tenant, permit, (bulk) => rehearse(bulk, mapped))
  const rows = mapped.map((file, no) =>
    toRow(
      withAmbiguous(file, ambiguous),
      outcomes.find((outcome) => outcome.no === no)?.changes ?? {},
      files.find(({ name }) => name === file.upload)?.instance ?? null,
    ),
  )
  const headers = new Set(mapped.flatMap(({ header }) => (header ? [headerKey(header)] : [])))
  const used = kept
    .filter(
      (row, index) => headers.has(row.headerKey) && kept.findIndex((k) => k.headerKey === row.headerKey) === index,
    )
    .map(({ id: mapping }) => mapping)
  const usable = rows.some((row) => row.blocks !== null)
  const run = {
    id,
    status: usable ? ('previewed' as const) : ('refused' as const),
    createdBy: ctx.actor.id,
    createdByLabel: ctx.actor.name,
    createdAt: at,
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
    async (tx) => {
      await insertRun(tx, ctx.tenant.orgId, run, rows)
      await touchColumnMappings(tx, ctx.tenant.orgId, used)
    },
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
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0)
  if (bytes > uploadLimits.bytesInAll)
    throw new AppError(
      'invalid_input',
      `At most ${formatBytes(uploadLimits.bytesInAll)} go into one import. Import the files in parts.`,
    )
}

interface Rehearsed {
  at: Date
  outcomes: FileOutcome[]
  /** Open references that several things of the catalogue go by. */
  ambiguous: Map<string, string[]>
}

async function rehearse(bulk: BulkTx, mapped: readonly MappedFile[]): Promise<Rehearsed> {
  await lockCatalogue(bulk, 'rehearse', patienceMs)
  const at = await readClock(bulk)
  const parts = mapped.flatMap((file, no): FilePart[] => {
    const batch = file.error === null ? batchOf(file) : null
    const blocks = file.result?.blocks ?? []
    const count = blocks.reduce((sum, block) => sum + block.count, 0)
    const read = async (type: RecordType) => blocks.filter((block) => block.type === type)
    return batch ? [{ no, name: file.name, batch, count, read }] : []
  })
  const outcomes = await mergeFiles(bulk, parts)
  await linkRecords(bulk)
  const open = mapped.flatMap(({ result }) => result?.unresolved.map(({ reference }) => reference) ?? [])
  return { at, outcomes, ambiguous: await findAmbiguous(bulk, [...new Set(open)]) }
}

/** Says of a reference that several things go by it, so that nobody waits for a further file to resolve it. */
function withAmbiguous(file: MappedFile, ambiguous: ReadonlyMap<string, string[]>): MappedFile {
  const { result } = file
  if (!result || ambiguous.size === 0) return file
  const unresolved = result.unresolved.map((entry) => {
    const claimants = ambiguous.get(entry.reference)
    if (!claimants) return entry
    const reason = `several things go by this id, so it is linked to none of them: ${claimants.join(', ')}`
    return { ...entry, reason }
  })
  return { ...file, result: { ...result, unresolved } }
}

/** `typed`: what the user calls the source; kept also when the file is refused, for the next try with other columns. */
function toRow(file: MappedFile, changes: ImportChanges, typed: string | null): NewFile {
  const { result } = file
  const usable = result !== null && file.error === null
  return {
    name: file.name,
    upload: file.upload,
    bytes: file.bytes,
    sha256: file.sha256,
    format: file.format,
    header: file.header,
    columns: file.columns,
    system: result?.system ?? null,
    instance: result?.instance ?? typed,
    instanceName: result?.instanceName ?? null,
    counts: usable ? { ...countBlocks(result.blocks), unresolved: result.unresolvedCount } : null,
    changes,
    refused: (result?.refused ?? []).slice(0, keptRefusals).map(({ at, reason }) => ({ at, reason })),
    refusedCount: result?.refusedCount ?? 0,
    isComplete: file.isComplete,
    notes: file.notes,
    unresolved: result?.unresolved.slice(0, keptRefusals) ?? [],
    error: file.error,
    blocks: usable ? result.blocks : null,
  }
}
