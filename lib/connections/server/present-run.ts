import { findFormat } from '@/lib/connectors/registry'
import type { Context, Target } from '@/lib/platform/context'
import { addChanges, isForPeople, isStalled, needsColumns, needsConsent, noCounts, vanishedShare } from '../rules'
import { ImportChanges, ImportCounts, type ImportDetail, ImportFile, type ImportRun } from '../schema'
import { presentMapping } from './list-column-mappings'
import { headerKey } from './map-header'
import { type FoundRun, findColumnMappings } from './store'

type Run = Omit<FoundRun, 'progress'> & { progress?: FoundRun['progress'] }

/** What the policies read of a run. */
export function targetOf(run: Pick<Run, 'id' | 'createdBy' | 'files'>): Target {
  const label = run.files.length === 1 ? (run.files[0]?.name ?? '') : `${run.files.length} files`
  return { kind: 'import', id: run.id, label, attr: { createdBy: run.createdBy } }
}

/** What a caller may still do with a run in its state; the policy has the last word. */
function possible(run: Run, may: Record<string, boolean>): Record<string, boolean> {
  const stalled = run.progress !== undefined && isStalled({ ...run, progress: run.progress }, new Date())
  const open = isForPeople(run) && (run.status === 'previewed' || run.status === 'failed' || stalled)
  return { apply: open && may.apply === true, discard: open && may.delete === true }
}

/** Rows as the contract shows them, with what the caller may do; one question to the decision point for all of them. */
export async function presentRuns(ctx: Context, runs: readonly Run[]): Promise<ImportRun[]> {
  const may = await ctx.can(['apply', 'delete'], runs.map(targetOf))
  return runs.map((run, index) => {
    const files = run.files.map((file) => ({ changes: ImportChanges.parse(file.changes) }))
    const changes = ImportChanges.parse(run.changes)
    const refused = run.files.filter((file) => file.error !== null)
    return {
      id: run.id,
      status: run.status as ImportRun['status'],
      createdBy: run.createdByLabel,
      createdAt: run.createdAt.toISOString(),
      startedAt: run.startedAt?.toISOString() ?? null,
      finishedAt: run.finishedAt?.toISOString() ?? null,
      counts: { ...noCounts, ...ImportCounts.partial().parse(run.counts) },
      changes: Object.keys(changes).length > 0 ? changes : addChanges(files.map((file) => file.changes)),
      vanishedShare: Math.max(0, ...files.map((file) => vanishedShare(file.changes))),
      needsConsent: needsConsent(files),
      progress: run.progress
        ? {
            phase: run.progress.phase,
            done: Number(run.progress.done),
            total: Number(run.progress.total),
            startedAt: run.progress.startedAt.toISOString(),
            updatedAt: run.progress.updatedAt.toISOString(),
          }
        : null,
      error: run.error,
      fileNames: [...new Set(run.files.map((file) => file.upload || file.name))],
      refusedFiles: refused.length,
      needsColumns: refused.length > 0 && refused.every(needsColumns),
      can: possible(run, may[index] ?? {}),
    }
  })
}

const isHeader = (header: unknown): header is string[] => Array.isArray(header)

/** One run with its files. */
export async function presentRun(ctx: Context, run: FoundRun): Promise<ImportDetail> {
  const [shown] = await presentRuns(ctx, [run])
  if (!shown) throw new Error('one run in, one run out')
  const keys = new Map(
    run.files.flatMap(({ no, header }): [number, string][] => (isHeader(header) ? [[no, headerKey(header)]] : [])),
  )
  const kept = keys.size > 0 ? await findColumnMappings(ctx, { headerKey: { in: [...new Set(keys.values())] } }) : []
  const mappings = kept.map(presentMapping)
  const files = run.files.map((file) =>
    ImportFile.parse({
      ...file,
      upload: file.upload || file.name,
      mappings: mappings.filter((mapping) => mapping.headerKey === keys.get(file.no)),
      bytes: Number(file.bytes),
      formatTitle: file.format ? (findFormat(file.format)?.title ?? file.format) : null,
      counts: Object.keys(file.counts as object).length > 0 ? file.counts : null,
    }),
  )
  return { ...shown, files }
}
