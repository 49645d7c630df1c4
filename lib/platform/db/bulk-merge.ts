import { type Heads, type MergeColumn, type StagedRow, stageHeads, stageRows } from './bulk-stage'
import type { BulkTx } from './commit'
import { analyzeGrown, byHashing, byLookups, nextPass, openTouched } from './touched'

/** A column that follows from others: SQL over the staged row `s`, with $1 = organization and $2 = source. */
export interface DerivedColumn {
  name: string
  sql: string
}

export interface MergeTable {
  table: string
  recordType: string
  columns: readonly MergeColumn[]
  /** The first of them is what `touched` remembers before and after. */
  derived?: readonly DerivedColumn[]
  /** The columns by which people know a row, for the samples; `name` unless told. */
  known?: readonly string[]
  /** The column with the id of the resource that a row is, or leads to: what lies where was not read is spared by it. */
  liesIn?: string
  /** The column with the id of the identity that a row belongs to: goes by changes with it. */
  belongsTo?: string
  /** Whether `identity_change` keeps what differs when a known row changes. */
  keepsChanges?: boolean
}

export interface MergeOutcome {
  total: number
  created: number
  changed: number
  gone: number
  /** Up to 20 names of each, for the preview. */
  samples: { created: string[]; changed: string[]; gone: string[] }
}

export interface MergeScope {
  sourceId: string
  connectionId: string
  /** False after a partial read: then nothing is marked gone. */
  sweeps: boolean
  /** How the ids of resources begin that could not be looked at: nothing of them is marked gone. */
  spares?: readonly string[] | undefined
  /** In a pass of changes alone: what is marked gone unless it is told; nothing else is. */
  vanished?: Vanished | undefined
  /** The import whose work this is. */
  runId?: string | undefined
  /** Told while rows are staged: how many more. */
  onRows?: ((more: number) => void) | undefined
}

export interface Vanished {
  ids: readonly string[]
  /** And what belongs to one of these (`belongsTo`). */
  of: readonly string[]
}

/** Records whose ids and hashes are known without looking at them, each id once. Can be gone through again and again. */
export interface HeadedRecords<R> {
  count: number
  /** Numbered from 0, in order. */
  heads: () => Iterable<Heads>
  /** The records of these numbers, which ascend, or all. */
  pick: (numbers: readonly number[] | 'all') => Iterable<R>
}

export type GivenRecords<R> = Iterable<R> | HeadedRecords<R>

/** What the merge of one table works with; the four values of every statement, in this order. */
interface Pass {
  bulk: BulkTx
  spec: MergeTable
  scope: MergeScope
  no: number
  keys: [orgId: string, sourceId: string, connectionId: string, recordType: string]
  /** This connection has told of such records before. */
  isKnown: boolean
  /** Other connections tell of this source too. */
  isShared: boolean
  /** The table has nothing of this source yet. */
  isEmpty: boolean
  /** The stage holds only what is new or differs. */
  isSifted: boolean
}

/**
 * Brings a table up to date with what one connection says, set-wise. One comparison of hashes finds what is new, differs or
 * is no longer named; only that is written, whatever the size of the rest. Of records with heads only that is even looked at.
 * Rows that only this connection vouched for and that it no longer names are marked gone, never deleted.
 */
export async function mergeRows<R>(
  bulk: BulkTx,
  spec: MergeTable,
  scope: MergeScope,
  given: GivenRecords<R>,
  rowsOf: (records: Iterable<R>) => Iterable<StagedRow>,
): Promise<MergeOutcome> {
  await openTouched(bulk)
  const pass = await openPass(bulk, spec, scope)
  const outcome: MergeOutcome = {
    total: 0,
    created: 0,
    changed: 0,
    gone: 0,
    samples: { created: [], changed: [], gone: [] },
  }
  const { total, differ } = await stage(pass, given, rowsOf)
  outcome.total = total
  if (differ === 0) return scope.vanished ? { ...outcome, total: await countKnown(pass) } : outcome
  const counts = await upsertChanged(pass)
  if (differ > manyRows) await analyzeGrown(bulk)
  const gone = (scope.sweeps || scope.vanished) && pass.isKnown ? await sweepVanished(pass) : 0
  const created = (counts.get('created') ?? 0) + (counts.get('revived') ?? 0)
  const changed = counts.get('changed') ?? 0
  if (spec.keepsChanges && gone + changed + (counts.get('revived') ?? 0) > 0) await keepChanges(pass)
  const samples = await readSamples(pass, created + changed + gone)
  return { total: scope.vanished ? await countKnown(pass) : total, created, changed, gone, samples }
}

/** Of a pass of changes the total is what is known after it, so that shares of it mean what they do after a whole one. */
async function countKnown({ bulk, keys }: Pass): Promise<number> {
  const [orgId, , connectionId, recordType] = keys
  const { rows } = await bulk.client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM presence WHERE org_id = $1 AND connection_id = $2 AND record_type = $3`,
    [orgId, connectionId, recordType],
  )
  return rows[0]?.n ?? 0
}

/** So many may make a table another one for the planner. */
const manyRows = 5000

/** Sends what has to be written to the table `stage`, or all. Returns how many records there are, and how many differ. */
async function stage<R>(
  pass: Pass,
  given: GivenRecords<R>,
  rowsOf: (records: Iterable<R>) => Iterable<StagedRow>,
): Promise<{ total: number; differ: number }> {
  const { bulk, spec, scope, isKnown } = pass
  if ('heads' in given) {
    const { count } = given
    if (!isKnown) {
      if (count > 0) await stageRows(bulk, spec.columns, rowsOf(given.pick('all')), scope.onRows)
      return { total: count, differ: count }
    }
    await stageHeads(bulk, given.heads(), scope.onRows)
    const differ = await compare(pass, 'pg_temp.head', 'no')
    if (differ === 0) return { total: count, differ }
    const { rows } = await bulk.client.query<{ numbers: number[] }>(
      `SELECT coalesce(array_agg(at ORDER BY at), '{}') AS numbers FROM pg_temp.delta WHERE at IS NOT NULL`,
    )
    await stageRows(bulk, spec.columns, rowsOf(given.pick(rows[0]?.numbers ?? [])))
    pass.isSifted = true
    return { total: count, differ }
  }
  const rows = rowsOf(given)[Symbol.iterator]()
  const first = rows.next()
  if (first.done && !isKnown) return { total: 0, differ: 0 }
  const total = await stageRows(bulk, spec.columns, startingWith(first, rows), scope.onRows)
  return { total, differ: isKnown ? await compare(pass, 'pg_temp.stage', 'ctid') : total }
}

function* startingWith<T>(first: IteratorResult<T>, rest: Iterator<T>): Generator<T> {
  for (let next = first; !next.done; next = rest.next()) yield next.value
}

async function openPass(bulk: BulkTx, spec: MergeTable, scope: MergeScope): Promise<Pass> {
  const keys: Pass['keys'] = [bulk.orgId, scope.sourceId, scope.connectionId, spec.recordType]
  const { rows } = await bulk.client.query<{ known: boolean; shared: boolean; filled: boolean }>(
    `SELECT EXISTS (SELECT FROM presence WHERE org_id = $1 AND connection_id = $3 AND record_type = $4) AS known,
       EXISTS (SELECT FROM connection WHERE org_id = $1 AND source_id = $2 AND id <> $3) AS shared,
       EXISTS (SELECT FROM "${spec.table}" WHERE org_id = $1 AND source_id = $2) AS filled`,
    keys,
  )
  const [row] = rows
  return {
    bulk,
    spec,
    scope,
    no: nextPass(bulk),
    keys,
    isKnown: row?.known === true,
    isShared: row?.shared === true,
    isEmpty: row?.filled !== true,
    isSifted: false,
  }
}

/**
 * Fills `delta` with what is new or differs (`at`: its place in what was told) and, after a complete pass, with what vanished.
 * A complete pass reads all that is known and is hashed; a partial one looks up what it brings.
 */
async function compare({ bulk, spec, scope, keys }: Pass, told: string, at: 'ctid' | 'no'): Promise<number> {
  const [orgId, , connectionId, recordType] = keys.map((key) => bulk.client.escapeLiteral(key))
  const known = `SELECT external_id, row_hash FROM presence
    WHERE org_id = ${orgId} AND connection_id = ${connectionId} AND record_type = ${recordType}`
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.delta`)
  const create = (join: string) =>
    bulk.client.query(
      `CREATE TEMP TABLE delta ON COMMIT DROP AS
       SELECT s.${at} AS at, coalesce(s.external_id, p.external_id) AS external_id, s.row_hash
       FROM ${told} s ${join}
       WHERE p.row_hash IS DISTINCT FROM s.row_hash`,
    )
  // OFFSET keeps each look-up whole: with statistics older than the connection, the planner would take its rows for few and
  // compare each of them with each that is staged.
  const lookup = `LEFT JOIN LATERAL (${known} AND external_id = s.external_id OFFSET 0) p ON true`
  if (scope.sweeps) await byHashing(bulk, () => create(`FULL JOIN (${known}) p ON p.external_id = s.external_id`))
  else await byLookups(bulk, () => create(lookup))
  if (!scope.sweeps && scope.vanished) await addVanished(bulk, spec, keys, told, scope.vanished)
  if (scope.sweeps && spec.liesIn && scope.spares?.length) await spare(bulk, spec, keys, scope.spares)
  const { rows } = await bulk.client.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_temp.delta`)
  await bulk.client.query(`ANALYZE pg_temp.delta`)
  return rows[0]?.n ?? 0
}

/** Adds to `delta` what is known, was said to be gone, and is not told. */
async function addVanished(
  bulk: BulkTx,
  spec: MergeTable,
  keys: Pass['keys'],
  told: string,
  { ids, of }: Vanished,
): Promise<void> {
  const belongs =
    spec.belongsTo === undefined || of.length === 0
      ? ''
      : `UNION SELECT t.external_id FROM "${spec.table}" t
         WHERE t.org_id = $1 AND t.source_id = $2 AND t."${spec.belongsTo}" = ANY ($6) AND t.deleted_at IS NULL`
  await byHashing(bulk, () =>
    bulk.client.query(
      `INSERT INTO pg_temp.delta (external_id)
       SELECT v.external_id FROM (SELECT unnest($5::text[]) AS external_id ${belongs}) v
       WHERE EXISTS (SELECT FROM presence p WHERE p.org_id = $1 AND p.connection_id = $3 AND p.record_type = $4
           AND p.external_id = v.external_id AND p.source_id = $2)
         AND NOT EXISTS (SELECT FROM ${told} s WHERE s.external_id = v.external_id)`,
      belongs === '' ? [...keys, ids] : [...keys, ids, of],
    ),
  )
}

/** Takes back out of `delta` what was not named because nobody looked there. */
async function spare(bulk: BulkTx, spec: MergeTable, keys: Pass['keys'], prefixes: readonly string[]): Promise<void> {
  const [orgId, sourceId] = keys
  await byLookups(bulk, () =>
    bulk.client.query(
      `DELETE FROM pg_temp.delta d USING "${spec.table}" t
       WHERE d.at IS NULL AND t.org_id = $1 AND t.source_id = $2 AND t.external_id = d.external_id
         AND EXISTS (SELECT FROM unnest($3::text[]) AS prefix WHERE starts_with(t."${spec.liesIn}", prefix))`,
      [orgId, sourceId, prefixes],
    ),
  )
}

const changedRows = ({ isKnown, isSifted }: Pass) =>
  isKnown && !isSifted ? 'pg_temp.delta d JOIN pg_temp.stage s ON s.ctid = d.at' : 'pg_temp.stage s'

/** What the merged row shall hold: this connection's word if it is alone, else whatever any of them knows. */
function mergedValue(column: MergeColumn): string {
  const name = `"${column.name}"`
  const known = `coalesce(s.${name}, ${column.fallback ?? 'NULL'})`
  const certain = column.vague ? `CASE WHEN NOT (${column.vague}) THEN s.${name} END` : `s.${name}`
  const both = column.joins
    ? `coalesce(t.${name}, '{}'::jsonb) || coalesce(s.${name}, '{}'::jsonb)`
    : `coalesce(${certain}, t.${name}, s.${name}, ${column.fallback ?? 'NULL'})`
  return `CASE WHEN s.shared THEN ${both} ELSE ${known} END`
}

const labelOf = (spec: MergeTable, row: 'new' | 't') =>
  (spec.known ?? ['name']).map((column) => `${row}."${column}"`).join(` || ' → ' || `)

async function upsertChanged(pass: Pass): Promise<Map<string, number>> {
  const { bulk, spec, keys, no } = pass
  const derived = spec.derived ?? []
  const names = spec.columns.map((column) => `"${column.name}"`)
  const all = [...names, ...derived.map(({ name }) => `"${name}"`)].join(', ')
  const fresh = spec.columns.map((column) => `coalesce(s."${column.name}", ${column.fallback ?? 'NULL'})`)
  const values = [...fresh, ...derived.map(({ name }) => `s."${name}"`)].join(', ')
  const updates = [
    ...spec.columns.map((column) => `"${column.name}" = ${mergedValue(column)}`),
    ...derived.map(({ name }) => `"${name}" = coalesce(s."${name}", CASE WHEN s.shared THEN t."${name}" END)`),
  ]
  const shared = pass.isShared
    ? `EXISTS (SELECT FROM presence q WHERE q.org_id = $1 AND q.source_id = $2 AND q.record_type = $4
         AND q.external_id = s.external_id AND q.connection_id <> $3)`
    : 'false'
  const tied = derived[0]?.name
  const side = (row: 'old' | 'new') => {
    const said = spec.columns.map((column) => `'${column.name}', ${row}."${column.name}"`)
    const state = `jsonb_build_object(${said.join(', ')}, 'gone', ${row}.deleted_at IS NOT NULL)`
    return spec.keepsChanges ? `CASE WHEN merge_action() = 'UPDATE' THEN ${state} END` : 'NULL::jsonb'
  }
  // In a table that was empty when the statement was planned, any index looks as good as another, and one that begins with the
  // organization would go through all that this statement has written so far, for each row.
  // Else the organization is left to row-level security, which compares it with what the planner cannot know before: told of it
  // twice, or of one that its statistics have not met, it would take its rows for one and any index for as good as another.
  const isSame = pass.isEmpty ? 'false' : 't.source_id = s.of_source AND t.external_id = s.external_id'
  // OFFSET, and the source as a column: each row is looked up by its whole key (see `compare`).
  const { rows } = await byLookups(bulk, () =>
    bulk.client.query<{ action: string; n: number }>(
      `WITH merged AS (
         MERGE INTO "${spec.table}" t USING (
           SELECT s.*, $2::uuid AS of_source,
             ${shared} AS shared${derived.map(({ name, sql }) => `, ${sql} AS "${name}"`).join('')}
           FROM ${changedRows(pass)} OFFSET 0
         ) s ON ${isSame}
         WHEN MATCHED AND (t.deleted_at IS NOT NULL OR (${names.map((name) => `t.${name}`).join(', ')})
             IS DISTINCT FROM (${spec.columns.map(mergedValue).join(', ')}))
           THEN UPDATE SET ${updates.join(', ')}, updated_at = now(), deleted_at = NULL
         WHEN NOT MATCHED THEN INSERT (org_id, source_id, external_id, ${all}) VALUES ($1, $2, s.external_id, ${values})
         RETURNING new.id, new.external_id, ${labelOf(spec, 'new')} AS label,
           CASE WHEN merge_action() = 'INSERT' THEN 'created' WHEN old.deleted_at IS NOT NULL THEN 'revived' ELSE 'changed' END AS action,
           ${tied ? `old."${tied}"` : 'NULL::uuid'} AS was, ${tied ? `new."${tied}"` : 'NULL::uuid'} AS holds,
           ${side('old')} AS before, ${side('new')} AS after
       ), noted AS (
         INSERT INTO pg_temp.touched (pass, record_type, id, source_id, external_id, action, label, was, holds, before, after)
         SELECT ${no}, $4::text, id, $2::uuid, external_id, action, label, was, holds, before, after FROM merged, (SELECT $3::uuid) k
         RETURNING action
       )
       SELECT action, count(*)::int AS n FROM noted GROUP BY action`,
      keys,
    ),
  )
  await byLookups(bulk, () =>
    bulk.client.query(
      `INSERT INTO presence (org_id, source_id, connection_id, record_type, external_id, row_hash)
       SELECT $1, $2, $3, $4, s.external_id, s.row_hash FROM ${changedRows(pass)}
       ON CONFLICT (org_id, connection_id, record_type, external_id) DO UPDATE SET row_hash = excluded.row_hash`,
      keys,
    ),
  )
  return new Map(rows.map(({ action, n }) => [action, n]))
}

async function sweepVanished({ bulk, spec, keys, no, isShared }: Pass): Promise<number> {
  // OFFSET keeps each look-up whole (see `compare`).
  const unlessOthersTell = isShared
    ? `AND NOT EXISTS (SELECT FROM presence q WHERE q.org_id = $1 AND q.source_id = $2 AND q.record_type = $4
         AND q.external_id = t.external_id AND q.connection_id <> $3 OFFSET 0)`
    : ''
  const tied = spec.derived?.[0]?.name
  const marks = spec.keepsChanges ? [`'{"gone": false}'::jsonb`, `'{"gone": true}'::jsonb`] : ['NULL', 'NULL']
  const { rows } = await byLookups(bulk, () =>
    bulk.client.query<{ n: number }>(
      `WITH vanished AS (
         DELETE FROM presence p WHERE p.org_id = $1 AND p.connection_id = $3 AND p.record_type = $4
           AND p.external_id = ANY (ARRAY(SELECT d.external_id FROM pg_temp.delta d WHERE d.at IS NULL))
         RETURNING p.external_id
       ), gone AS (
         UPDATE "${spec.table}" t SET deleted_at = now(), updated_at = now()
         WHERE t.org_id = $1 AND t.source_id = $2 AND t.deleted_at IS NULL
           AND t.external_id = ANY (ARRAY(SELECT v.external_id FROM vanished v))
           ${unlessOthersTell}
         RETURNING t.id, t.external_id, ${labelOf(spec, 't')} AS label, ${tied ? `t."${tied}"` : 'NULL::uuid'} AS tied
       ), noted AS (
         INSERT INTO pg_temp.touched (pass, record_type, id, source_id, external_id, action, label, was, holds, before, after)
         SELECT ${no}, $4::text, id, $2::uuid, external_id, 'gone', label, tied, tied, ${marks.join(', ')} FROM gone RETURNING 1
       )
       SELECT count(*)::int AS n FROM noted`,
      keys,
    ),
  )
  return rows[0]?.n ?? 0
}

/** Keeps what differs. A later use of something that is known to be used is no change of it; the first one is. */
async function keepChanges({ bulk, scope, no }: Pass): Promise<void> {
  await bulk.client.query(
    `INSERT INTO identity_change (org_id, identity_id, run_id, before, after)
     SELECT $1, k.id, $2, d.before, d.after FROM pg_temp.touched k CROSS JOIN LATERAL (
       SELECT jsonb_object_agg(o.key, o.value) AS before, jsonb_object_agg(o.key, n.value) AS after
       FROM jsonb_each(k.before) o JOIN jsonb_each(k.after) n ON n.key = o.key
       WHERE n.value <> o.value AND NOT (o.key = 'last_used_at' AND o.value <> 'null' AND n.value <> 'null')
     ) d WHERE k.pass = $3 AND k.before IS NOT NULL AND d.before IS NOT NULL`,
    [bulk.orgId, scope.runId ?? null, no],
  )
}

async function readSamples({ bulk, no }: Pass, count: number): Promise<MergeOutcome['samples']> {
  const samples: MergeOutcome['samples'] = { created: [], changed: [], gone: [] }
  if (count === 0) return samples
  const { rows } = await bulk.client.query<{ kind: 'created' | 'changed' | 'gone'; labels: string[] }>(
    `SELECT kind, ARRAY(SELECT label FROM pg_temp.touched
       WHERE pass = $1 AND (CASE action WHEN 'revived' THEN 'created' ELSE action END) = kind LIMIT 20) AS labels
     FROM unnest('{created,changed,gone}'::text[]) AS kind`,
    [no],
  )
  for (const { kind, labels } of rows) samples[kind] = labels
  return samples
}
