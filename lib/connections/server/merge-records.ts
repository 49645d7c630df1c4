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
import { refreshListing } from '@/lib/identities/server/refresh-listing'
import { suggestOwners } from '@/lib/identities/server/suggest-owners'
import type { MergeOutcome } from '@/lib/platform/db/bulk-merge'
import type { BulkTx } from '@/lib/platform/db/commit'
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
  records: readonly NormalisedRecord[]
}

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

/** Merges one connection's records into the catalogue and the access graph, inside the caller's transaction. */
export async function mergeBatch(
  bulk: BulkTx,
  batch: RecordBatch,
): Promise<{ connectionId: string; outcomes: MergeOutcomes }> {
  const { sourceId, connectionId } = await ensureConnection(bulk, batch)
  const scope = { sourceId, connectionId, sweeps: batch.complete }
  const outcomes = {
    resource: await mergeResources(bulk, scope, ofType(batch.records, 'resource')),
    role: await mergeRoles(bulk, scope, ofType(batch.records, 'role')),
    human: await mergeHumans(bulk, scope, ofType(batch.records, 'human')),
    identity: await mergeIdentities(bulk, scope, ofType(batch.records, 'identity')),
    credential: await mergeCredentials(bulk, scope, ofType(batch.records, 'credential')),
    entitlement: await mergeEntitlements(bulk, scope, ofType(batch.records, 'entitlement')),
    sighting: await mergeSightings(bulk, scope, ofType(batch.records, 'sighting')),
  }
  return { connectionId, outcomes }
}

/** After the last batch: ties what was merged together. Returns the number of edges with an end that nothing defines yet. */
export async function linkRecords(bulk: BulkTx): Promise<number> {
  await linkCredentials(bulk)
  const unresolved = await resolveEdges(bulk)
  await suggestOwners(bulk)
  await refreshListing(bulk, 'all')
  return unresolved
}

/** Merges one batch and links it: for the product's own records, such as API keys. */
export async function mergeRecords(bulk: BulkTx, batch: RecordBatch): Promise<MergeOutcomes> {
  const { outcomes } = await mergeBatch(bulk, batch)
  await linkRecords(bulk)
  return outcomes
}
