import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { BulkTx } from './commit'

/** How a column of a synced table is filled from the records of a connector. */
export interface MergeColumn {
  name: string
  /** PostgreSQL type of the column. */
  type: 'text' | 'boolean' | 'integer' | 'timestamptz' | 'jsonb' | 'text[]'
  /** SQL used when the record says nothing (NULL) and the column may not be empty. */
  fallback?: string
  /** When several connections describe one record: JSON objects are joined, all else is taken from whoever knows it. */
  joins?: boolean
}

export interface MergeTable {
  table: string
  recordType: string
  columns: readonly MergeColumn[]
  /** The columns by which people know a row, for the samples; `name` unless told. */
  known?: readonly string[]
}

/** One record made ready: values in the order of the table's columns; `null` = the connector does not say. */
export interface StagedRow {
  externalId: string
  /** Signed 64-bit hash of the record, as text. Equal hash = nothing to do. */
  rowHash: string
  values: readonly (string | number | boolean | null | object)[]
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
}

function escapeCell(value: StagedRow['values'][number]): string {
  if (value === null) return '\\N'
  const text = typeof value === 'object' ? toLiteral(value) : String(value)
  return text
    .replaceAll('\u0000', '\uFFFD')
    .replace(/[\\\n\r\t]/g, (c) => ({ '\\': '\\\\', '\n': '\\n', '\r': '\\r' })[c] ?? '\\t')
}

function toLiteral(value: object): string {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) return JSON.stringify(value)
  return `{${value.map((item: string) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

function* copyLines(rows: readonly StagedRow[]) {
  for (const row of rows) yield `${[row.externalId, row.rowHash, ...row.values].map(escapeCell).join('\t')}\n`
}

/** COPYs rows into an empty temporary table; a session's own, so no other organization can see it. */
async function stage(bulk: BulkTx, spec: MergeTable, rows: readonly StagedRow[]): Promise<void> {
  const columns = spec.columns.map((column) => `"${column.name}" ${column.type}`).join(', ')
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.stage`)
  await bulk.client.query(
    `CREATE TEMP TABLE stage (external_id text NOT NULL, row_hash bigint NOT NULL, ${columns}) ON COMMIT DROP`,
  )
  await pipeline(Readable.from(copyLines(rows)), bulk.client.query(copyFrom('COPY pg_temp.stage FROM STDIN')))
  // The planner knows nothing of rows that this very transaction wrote, takes them for few and loops over the stage for each.
  await bulk.client.query(`CREATE INDEX ON pg_temp.stage (external_id)`)
  await bulk.client.query(`ANALYZE pg_temp.stage`)
}

/** What the merged row shall hold: this connection's word if it is alone, else whatever any of them knows. */
function mergedValue(column: MergeColumn): string {
  const name = `"${column.name}"`
  const known = `coalesce(s.${name}, ${column.fallback ?? 'NULL'})`
  const both = column.joins
    ? `coalesce(t.${name}, '{}'::jsonb) || coalesce(s.${name}, '{}'::jsonb)`
    : `coalesce(s.${name}, t.${name}, ${column.fallback ?? 'NULL'})`
  return `CASE WHEN s.shared THEN ${both} ELSE ${known} END`
}

/**
 * Brings a table up to date with what one connection says, set-wise: unchanged hashes are skipped, rows that differ are
 * updated or inserted, and rows that only this connection vouched for and no longer names are marked gone (never deleted).
 */
export async function mergeRows(
  bulk: BulkTx,
  spec: MergeTable,
  scope: MergeScope,
  rows: readonly StagedRow[],
): Promise<MergeOutcome> {
  await stage(bulk, spec, rows)
  const written = await upsertChanged(bulk, spec, scope)
  const gone = scope.sweeps ? await sweepVanished(bulk, spec, scope) : []
  const created = written.filter((row) => row.action === 'INSERT' || row.revived).map((row) => row.label)
  const changed = written.filter((row) => row.action === 'UPDATE' && !row.revived).map((row) => row.label)
  return {
    total: rows.length,
    created: created.length,
    changed: changed.length,
    gone: gone.length,
    samples: { created: created.slice(0, 20), changed: changed.slice(0, 20), gone: gone.slice(0, 20) },
  }
}

function labelOf(spec: MergeTable, row: 'new' | 't'): string {
  return (spec.known ?? ['name']).map((column) => `${row}."${column}"`).join(` || ' → ' || `)
}

async function upsertChanged(bulk: BulkTx, spec: MergeTable, scope: MergeScope) {
  const names = spec.columns.map((column) => `"${column.name}"`)
  const fresh = spec.columns.map((column) => `coalesce(s."${column.name}", ${column.fallback ?? 'NULL'})`)
  const label = labelOf(spec, 'new')
  const keys = [bulk.orgId, scope.sourceId, scope.connectionId, spec.recordType]
  const result = await bulk.client.query<{ action: string; label: string; revived: boolean }>(
    `MERGE INTO "${spec.table}" t USING (
       SELECT s.*, EXISTS (SELECT FROM presence q WHERE q.org_id = $1 AND q.source_id = $2 AND q.record_type = $4
         AND q.external_id = s.external_id AND q.connection_id <> $3) AS shared
       FROM pg_temp.stage s LEFT JOIN presence p
         ON p.org_id = $1 AND p.connection_id = $3 AND p.record_type = $4 AND p.external_id = s.external_id
       WHERE p.row_hash IS DISTINCT FROM s.row_hash
     ) s ON t.org_id = $1 AND t.source_id = $2 AND t.external_id = s.external_id
     WHEN MATCHED AND (t.deleted_at IS NOT NULL OR (${names.map((name) => `t.${name}`).join(', ')})
         IS DISTINCT FROM (${spec.columns.map(mergedValue).join(', ')}))
       THEN UPDATE SET ${spec.columns.map((column) => `"${column.name}" = ${mergedValue(column)}`).join(', ')},
         updated_at = now(), deleted_at = NULL
     WHEN NOT MATCHED THEN INSERT (org_id, source_id, external_id, ${names.join(', ')})
       VALUES ($1, $2, s.external_id, ${fresh.join(', ')})
     RETURNING merge_action() AS action, ${label} AS label, (old.deleted_at IS NOT NULL) AS revived`,
    keys,
  )
  await bulk.client.query(
    `INSERT INTO presence (org_id, source_id, connection_id, record_type, external_id, row_hash)
     SELECT $1, $2, $3, $4, external_id, row_hash FROM pg_temp.stage
     ON CONFLICT (org_id, connection_id, record_type, external_id) DO UPDATE SET row_hash = excluded.row_hash
     WHERE presence.row_hash <> excluded.row_hash`,
    keys,
  )
  return result.rows
}

async function sweepVanished(bulk: BulkTx, spec: MergeTable, scope: MergeScope): Promise<string[]> {
  const label = labelOf(spec, 't')
  const result = await bulk.client.query<{ label: string }>(
    `WITH vanished AS (
       DELETE FROM presence p WHERE p.org_id = $1 AND p.connection_id = $3 AND p.record_type = $4
         AND NOT EXISTS (SELECT FROM pg_temp.stage s WHERE s.external_id = p.external_id)
       RETURNING p.external_id
     )
     UPDATE "${spec.table}" t SET deleted_at = now(), updated_at = now() FROM vanished v
     WHERE t.org_id = $1 AND t.source_id = $2 AND t.external_id = v.external_id AND t.deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM presence q WHERE q.org_id = $1 AND q.source_id = $2 AND q.record_type = $4
         AND q.external_id = v.external_id AND q.connection_id <> $3)
     RETURNING ${label} AS label`,
    [bulk.orgId, scope.sourceId, scope.connectionId, spec.recordType],
  )
  return result.rows.map((row) => row.label)
}
