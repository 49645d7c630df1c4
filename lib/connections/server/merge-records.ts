import {
  mergeEntitlements,
  mergeHumans,
  mergeResources,
  mergeRoles,
  mergeSightings,
  resolveEdges,
} from '@/lib/access-graph/server/merge-access-graph'
import type { NormalisedRecord } from '@/lib/connectors/contract'
import { linkCredentials, mergeCredentials, mergeIdentities } from '@/lib/identities/server/merge-identities'
import { suggestOwners } from '@/lib/identities/server/suggest-owners'
import { updateStanding } from '@/lib/identities/server/update-standing'
import type { MergeOutcome } from '@/lib/platform/db/bulk-merge'
import { type BulkTx, lockCatalogue } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { ensureConnection } from './store'

/** The records of one connection, ready to merge. */
export interface RecordBatch {
  system: string
  instance: string
  instanceName: string
  connector: string
  /** The file's name where a file is only a part of its instance; '' where it is the whole. */
  part: string
  /** False after a partial read: then nothing is marked gone. */
  complete: boolean
  /** When a preview compared these records with the catalogue; absent when nobody was shown one. */
  previewedAt?: Date
  records: readonly NormalisedRecord[]
}

type Merge<R> = (
  bulk: BulkTx,
  scope: { sourceId: string; connectionId: string; sweeps: boolean },
  records: readonly R[],
) => Promise<MergeOutcome>

export type RecordType = NormalisedRecord['type']
export type MergeOutcomes = Record<RecordType, MergeOutcome>

/** First of its id wins; the map's own duplicates must not make the merge fail. */
function ofType<T extends RecordType>(records: readonly NormalisedRecord[], type: T) {
  type R = Extract<NormalisedRecord, { type: T }>
  const found = records.filter((record): record is R => record.type === type)
  if (type === 'entitlement') return found
  const byId = new Map<string, R>()
  for (const record of found) {
    const id = 'externalId' in record ? record.externalId : ''
    if (!byId.has(id)) byId.set(id, record)
  }
  return [...byId.values()]
}

/**
 * Merges one connection's records into the catalogue and the access graph, inside the caller's transaction, which must
 * hold the catalogue (`lockCatalogue`). `onStep` hears which records come next and how many are through.
 * @throws AppError `precondition_failed` when something newer was applied since the preview: it would be undone
 */
export async function mergeBatch(
  bulk: BulkTx,
  batch: RecordBatch,
  onStep: (next: RecordType, done: number) => Promise<void> = async () => {},
): Promise<{ connectionId: string; outcomes: MergeOutcomes }> {
  const { sourceId, connectionId, appliedBefore } = await ensureConnection(bulk, batch)
  if (batch.previewedAt && appliedBefore && appliedBefore >= batch.previewedAt) {
    throw new AppError(
      'precondition_failed',
      `This was previewed before a newer import of ${batch.instanceName} was applied, and would undo it. Upload the files again to see what they would change now.`,
    )
  }
  const scope = { sourceId, connectionId, sweeps: batch.complete }
  let done = 0
  const step = async <T extends RecordType>(type: T, merge: Merge<Extract<NormalisedRecord, { type: T }>>) => {
    await onStep(type, done)
    done += batch.records.filter((record) => record.type === type).length
    return merge(bulk, scope, ofType(batch.records, type))
  }
  const outcomes = {
    resource: await step('resource', mergeResources),
    role: await step('role', mergeRoles),
    human: await step('human', mergeHumans),
    identity: await step('identity', mergeIdentities),
    credential: await step('credential', mergeCredentials),
    entitlement: await step('entitlement', mergeEntitlements),
    sighting: await step('sighting', mergeSightings),
  }
  return { connectionId, outcomes }
}

/** After the last batch: ties what was merged together. Returns the number of edges with an end that nothing defines yet. */
export async function linkRecords(bulk: BulkTx): Promise<number> {
  await linkCredentials(bulk)
  const unresolved = await resolveEdges(bulk)
  await suggestOwners(bulk)
  await updateStanding(bulk)
  return unresolved
}

const patienceMs = 30_000

/**
 * Merges one batch and links it: for the product's own records, such as API keys. Waits up to 30 s for an import that is
 * being applied.
 * @throws AppError `conflict` with `retryAfterSeconds` when it takes longer
 */
export async function mergeRecords(bulk: BulkTx, batch: RecordBatch): Promise<MergeOutcomes> {
  await lockCatalogue(bulk, 'write', patienceMs)
  const { outcomes } = await mergeBatch(bulk, batch)
  await linkRecords(bulk)
  return outcomes
}
