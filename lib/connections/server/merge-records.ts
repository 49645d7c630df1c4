import {
  mergeEntitlements,
  mergeHumans,
  mergeResources,
  mergeRoles,
  mergeSightings,
} from '@/lib/access-graph/server/merge-access-graph'
import { type AliasOf, aliasesOf, mergeAliases } from '@/lib/access-graph/server/merge-aliases'
import { refreshSensitivity } from '@/lib/access-graph/server/refresh-sensitivity'
import { requestScores } from '@/lib/access-graph/server/request-scores'
import { resolveEdges } from '@/lib/access-graph/server/resolve-edges'
import type { NormalisedRecord } from '@/lib/connectors/contract'
import { linkCredentials, mergeCredentials, mergeIdentities } from '@/lib/identities/server/merge-identities'
import { refreshListing } from '@/lib/identities/server/refresh-listing'
import { suggestOwners } from '@/lib/identities/server/suggest-owners'
import type { GivenRecords, MergeOutcome, MergeScope } from '@/lib/platform/db/bulk-merge'
import { type BulkTx, lockCatalogue } from '@/lib/platform/db/commit'
import { IdSet } from '@/lib/platform/db/id-set'
import {
  analyzeGrown,
  byHashing,
  byLookups,
  type LinkScope,
  openTouched,
  settleForBulk,
} from '@/lib/platform/db/touched'
import { AppError } from '@/lib/platform/errors'
import { ensureConnection } from './store'
import { headedRecords, type RecordBlock, type RecordOf, type RecordType, recordsOf } from './write-records'

/** Records as they are, or packed and given by type; several packs may name one record, of which the first counts. */
export type RecordSource = readonly NormalisedRecord[] | PackedSource

export interface PackedSource {
  read: (type: RecordType) => Promise<RecordBlock[]>
  /** True when they come from several files. */
  isMixed: boolean
}

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
  /** How the ids of resources begin that could not be looked at: nothing of them is marked gone either. */
  spares?: readonly string[]
  /** The records are what changed since the last complete read, and this is what else is known of it. */
  changes?: ChangesTold
  /** When a preview compared these records with the catalogue; absent when nobody was shown one. */
  previewedAt?: Date
  records: RecordSource
  /** The import whose work this is; what it changes is kept under its id. */
  runId?: string
  /** Told while records are sent to the database: how many more. */
  onRows?: (more: number) => void
}

/** What a reading of changes tells beside records. */
export interface ChangesTold {
  /** Types of which every record was told: what was not is gone. */
  whole: readonly RecordType[]
  /** Records that the source says are gone, by type and id. */
  gone: readonly { type: RecordType; id: string }[]
  /** Identities of which every credential was told. */
  told: readonly string[]
  /** All identities that are there; null = they were not listed. */
  present: readonly string[] | null
}

type Merge<R> = (bulk: BulkTx, scope: MergeScope, records: GivenRecords<R>) => Promise<MergeOutcome>

export type MergeOutcomes = Record<RecordType, MergeOutcome>

/** Up to so many edges are folded in memory, which is faster than to go through them twice. */
const heldEdges = 50_000

/**
 * First of its id wins; the map's own duplicates must not make the merge fail. Of records with heads, which are not all looked at,
 * those with other ids are given besides.
 */
async function ofType<T extends RecordType>(
  source: RecordSource,
  type: T,
): Promise<{ records: GivenRecords<RecordOf<T>>; count: number; aliased?: Iterable<RecordOf<T>> }> {
  if ('read' in source) {
    const blocks = await source.read(type)
    const headed = source.isMixed ? undefined : headedRecords(blocks, type)
    if (headed) {
      const aliased = blocks.filter(({ hasAliases }) => hasAliases)
      return { records: headed, count: headed.count, aliased: recordsOf(aliased, type) }
    }
    const records = recordsOf(blocks, type)
    const count = blocks.reduce((sum, block) => sum + block.count, 0)
    if (type === 'entitlement') return { records: count > heldEdges ? records : [...records], count }
    return { records: source.isMixed ? firstOfEach(records) : records, count }
  }
  const found = source.filter((record): record is RecordOf<T> => record.type === type)
  return { records: type === 'entitlement' ? found : firstOfEach(found), count: found.length }
}

function* firstOfEach<R extends NormalisedRecord>(records: Iterable<R>): Generator<R> {
  const seen = new IdSet()
  for (const record of records) if (!('externalId' in record) || seen.add(record.externalId)) yield record
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
  await settleForBulk(bulk)
  await analyzeGrown(bulk)
  const { sourceId, connectionId, appliedBefore } = await ensureConnection(bulk, batch)
  if (batch.previewedAt && appliedBefore && appliedBefore >= batch.previewedAt) {
    throw new AppError(
      'precondition_failed',
      `This was previewed before a newer import of ${batch.instanceName} was applied, and would undo it. Upload the files again to see what they would change now.`,
    )
  }
  const { complete, spares, runId, onRows, changes } = batch
  const scope = { sourceId, connectionId, sweeps: complete, spares, runId, onRows }
  const left = changes && (await findLeft(bulk, connectionId, changes))
  const scopeOf = (type: RecordType): MergeScope => {
    if (!changes || !left) return scope
    if (changes.whole.includes(type)) return { ...scope, sweeps: true }
    const ids = changes.gone.flatMap((each) => (each.type === type ? [each.id] : []))
    const of = type === 'credential' ? [...changes.told, ...left] : []
    return { ...scope, sweeps: false, vanished: { ids: type === 'identity' ? left : ids, of } }
  }
  let done = 0
  const aliases: AliasOf[] = []
  const note = (record: NormalisedRecord) => {
    if ('aliases' in record && record.aliases) aliases.push(...aliasesOf(record))
  }
  const step = async <T extends RecordType>(type: T, merge: Merge<RecordOf<T>>) => {
    await onStep(type, done)
    const { records, count, aliased = [] } = await ofType(batch.records, type)
    done += count
    for (const record of aliased) note(record)
    // Edges may be gone through twice, and have no other ids.
    return merge(bulk, scopeOf(type), 'heads' in records || type === 'entitlement' ? records : noting(records, note))
  }
  const nodes = {
    resource: await step('resource', mergeResources),
    role: await step('role', mergeRoles),
    human: await step('human', mergeHumans),
    identity: await step('identity', mergeIdentities),
  }
  const renamed =
    changes && left ? { ids: [], of: [...left, ...changes.told, ...changes.gone.map(({ id }) => id)] } : undefined
  await mergeAliases(bulk, { ...scope, vanished: renamed, onRows: undefined }, aliases)
  const outcomes = {
    ...nodes,
    credential: await step('credential', mergeCredentials),
    entitlement: await step('entitlement', mergeEntitlements),
    sighting: await step('sighting', mergeSightings),
  }
  return { connectionId, outcomes }
}

/** Identities that are gone: those that the source says are, and those that are not among all that it lists. */
async function findLeft(bulk: BulkTx, connectionId: string, { gone, present }: ChangesTold): Promise<string[]> {
  const said = gone.flatMap(({ type, id }) => (type === 'identity' ? [id] : []))
  if (present === null) return said
  const { rows } = await byHashing(bulk, () =>
    bulk.client.query<{ id: string }>(
      `SELECT p.external_id AS id FROM presence p WHERE p.org_id = $1 AND p.connection_id = $2 AND p.record_type = 'identity'
         AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS there (id) WHERE there.id = p.external_id)`,
      [bulk.orgId, connectionId, present],
    ),
  )
  return [...new Set([...said, ...rows.map(({ id }) => id)])]
}

function* noting<R extends NormalisedRecord>(records: Iterable<R>, note: (record: R) => void): Generator<R> {
  for (const record of records) {
    note(record)
    yield record
  }
}

/** Past this share of the organization, working everything out anew is faster than what was touched alone. */
const touchedLimit = 0.2

/**
 * After the last batch: ties what was merged together and brings the listing up to date, for what this transaction touched
 * and what depends on it, or for everything. Returns the number of edges with an end that nothing defines yet.
 */
export async function linkRecords(bulk: BulkTx, scope: LinkScope = 'touched'): Promise<number> {
  await settleForBulk(bulk)
  await openTouched(bulk)
  await bulk.client.query('ANALYZE pg_temp.touched')
  const unresolved = await byLookups(bulk, async () => {
    await linkCredentials(bulk, scope)
    return resolveEdges(bulk, scope)
  })
  await refreshSensitivity(bulk, bulk.orgId, scope === 'all' ? 'all' : await findResources(bulk))
  await suggestOwners(bulk, scope)
  const listed = scope === 'all' ? 'all' : await findListed(bulk)
  if (listed === 'all') await byHashing(bulk, () => refreshListing(bulk, 'all'))
  else await byLookups(bulk, () => refreshListing(bulk, listed))
  return unresolved
}

/** The resources that this transaction brought or changed. */
async function findResources(bulk: BulkTx): Promise<string[]> {
  const { rows } = await bulk.client.query<{ id: string }>(
    `SELECT DISTINCT id FROM pg_temp.touched WHERE record_type = 'resource' AND action <> 'gone'`,
  )
  return rows.map(({ id }) => id)
}

/** The identities of which the listing may say something else now; `all` when they are many. */
async function findListed(bulk: BulkTx): Promise<string[] | 'all'> {
  const { rows: sizes } = await bulk.client.query<{ touched: number; total: number }>(
    `SELECT (SELECT count(*)::int FROM pg_temp.touched WHERE record_type = 'identity') AS touched,
       (SELECT coalesce(sum(n), 0)::int FROM identity_tally WHERE org_id = $1) AS total`,
    [bulk.orgId],
  )
  const limit = Math.max(100, (sizes[0]?.total ?? 0) * touchedLimit)
  if ((sizes[0]?.touched ?? 0) > limit) return 'all'
  const resources = `ARRAY(SELECT id FROM pg_temp.touched WHERE record_type = 'resource' AND action <> 'created')`
  const { rows } = await byLookups(bulk, () =>
    bulk.client.query<{ id: string }>(
      `WITH RECURSIVE held (node) AS (
         SELECT node FROM (
           SELECT was AS node FROM pg_temp.touched WHERE record_type = 'entitlement'
           UNION SELECT holds FROM pg_temp.touched WHERE record_type = 'entitlement'
           UNION SELECT e.from_id FROM entitlement e WHERE e.org_id = $1 AND e.kind = 'grants' AND e.to_id = ANY (${resources})
         ) origin WHERE node IS NOT NULL
         UNION SELECT e.from_id FROM held h JOIN entitlement e ON e.org_id = $1 AND e.to_id = h.node
           AND e.kind IN ('member_of', 'runs_as') AND e.from_id IS NOT NULL
       ), kept AS (
         SELECT e.to_id AS credential_id FROM entitlement e WHERE e.org_id = $1 AND e.kind = 'stores'
           AND e.id = ANY (ARRAY(SELECT id FROM pg_temp.touched WHERE record_type = 'entitlement'))
         UNION SELECT e.to_id FROM entitlement e WHERE e.org_id = $1 AND e.kind = 'stores' AND e.from_id = ANY (${resources})
       )
       SELECT id FROM pg_temp.touched WHERE record_type = 'identity'
       UNION SELECT was FROM pg_temp.touched WHERE record_type = 'credential' AND was IS NOT NULL
       UNION SELECT holds FROM pg_temp.touched WHERE record_type = 'credential' AND holds IS NOT NULL
       UNION SELECT i.id FROM identity i WHERE i.org_id = $1 AND i.id = ANY (ARRAY(SELECT node FROM held))
       UNION SELECT c.identity_id FROM credential c WHERE c.org_id = $1 AND c.identity_id IS NOT NULL
         AND c.id = ANY (ARRAY(SELECT credential_id FROM kept))
       LIMIT $2`,
      [bulk.orgId, Math.ceil(limit) + 1],
    ),
  )
  return rows.length > limit ? 'all' : rows.map(({ id }) => id)
}

/**
 * Where the edges begin that this transaction touched, when it touched nothing else and they are few; of a resource that is
 * part of another one its whole too, which covers more or less now. Undefined when more than edges differ.
 */
export async function findChangedEnds(bulk: BulkTx): Promise<string[] | undefined> {
  const { rows: sizes } = await bulk.client.query<{ edges: number; others: number }>(
    `SELECT count(*) FILTER (WHERE record_type = 'entitlement')::int AS edges,
       count(*) FILTER (WHERE record_type NOT IN ('entitlement', 'sighting', 'alias'))::int AS others FROM pg_temp.touched`,
  )
  const [size] = sizes
  if (!size || size.others > 0 || size.edges > fewEdges) return undefined
  const { rows } = await byLookups(bulk, () =>
    bulk.client.query<{ id: string }>(
      `SELECT id FROM (
         SELECT was AS id FROM pg_temp.touched WHERE record_type = 'entitlement'
         UNION SELECT holds FROM pg_temp.touched WHERE record_type = 'entitlement'
         UNION SELECT e.to_id FROM entitlement e WHERE e.org_id = $1 AND e.from_type = 'resource' AND e.kind = 'member_of'
           AND e.id = ANY (ARRAY(SELECT id FROM pg_temp.touched WHERE record_type = 'entitlement'))
       ) ends WHERE id IS NOT NULL`,
      [bulk.orgId],
    ),
  )
  return rows.map(({ id }) => id)
}

const fewEdges = 500
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
  await requestScores(bulk, bulk.orgId)
  return outcomes
}
