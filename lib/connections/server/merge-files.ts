import type { MergeOutcome } from '@/lib/platform/db/bulk-merge'
import type { BulkTx } from '@/lib/platform/db/commit'
import { connectionKey } from '../rules'
import type { ImportChanges } from '../schema'
import { type MergeOutcomes, mergeBatch, type RecordBatch } from './merge-records'
import type { RecordBlock, RecordType } from './write-records'

/** One file of an import, ready to merge. */
export interface FilePart {
  no: number
  name: string
  batch: Omit<RecordBatch, 'records'>
  /** How many records it has. */
  count: number
  read: (type: RecordType) => Promise<RecordBlock[]>
}

/** What merging one file did. Files of one connection are one: the first of them tells for all. */
export interface FileOutcome {
  no: number
  connectionId: string
  changes: ImportChanges
}

/** What connection a mapped file speaks for, and whether it may mark records gone: only a whole one may. */
export function batchOf(file: {
  name: string
  format: string | null
  coverage: 'source' | 'file'
  isComplete: boolean
  result: { system: string; instance: string; instanceName: string } | null
}): Omit<RecordBatch, 'records'> | null {
  if (!file.result || !file.format) return null
  const { system, instance, instanceName } = file.result
  const part = file.coverage === 'file' ? file.name : ''
  return { system, instance, instanceName, connector: file.format, part, complete: file.isComplete }
}

/**
 * Merges the files of an import, without linking them. Files that speak for one connection (two exports of one account,
 * two manifests of one name) are merged as one, or each would mark the other's records gone; only if all were read in full
 * is anything marked gone.
 */
export async function mergeFiles(
  bulk: BulkTx,
  files: readonly FilePart[],
  onStep: (file: FilePart, next: RecordType, done: number) => Promise<void> = async () => {},
): Promise<FileOutcome[]> {
  const groups = new Map<string, FilePart[]>()
  for (const file of files) {
    const key = connectionKey(file.batch)
    groups.set(key, [...(groups.get(key) ?? []), file])
  }
  const outcomes: FileOutcome[] = []
  let before = 0
  for (const group of groups.values()) {
    const [first] = group
    if (!first) continue
    const read = async (type: RecordType) => {
      const blocks: RecordBlock[] = []
      for (const file of group) blocks.push(...(await file.read(type)))
      return blocks
    }
    const records = { read, isMixed: group.length > 1 }
    const batch = { ...first.batch, complete: group.every((file) => file.batch.complete), records }
    const { connectionId, outcomes: merged } = await mergeBatch(bulk, batch, (next, done) =>
      onStep(first, next, before + done),
    )
    before += group.reduce((sum, { count }) => sum + count, 0)
    for (const { no } of group) outcomes.push({ no, connectionId, changes: no === first.no ? toChanges(merged) : {} })
  }
  return outcomes
}

/** The merge's outcome in the words of the contract. */
function toChanges(outcomes: MergeOutcomes): ImportChanges {
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
