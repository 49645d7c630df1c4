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
  /** SQL over the staged row `s`: true when its value only stands in for one, which gives way to what others know. */
  vague?: string
}

/** One record made ready: values in the order of the table's columns; `null` = the connector does not say. */
export interface StagedRow {
  externalId: string
  /** Signed 64-bit hash of the record, as text. Equal hash = nothing to do. */
  rowHash: string
  values: readonly (string | number | boolean | null | object)[]
}

const special = /[\\\n\r\t\0]/
const written: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\uFFFD' }

/** As COPY's text format wants it. */
export function escapeText(text: string): string {
  return special.test(text) ? text.replace(/[\\\n\r\t\0]/g, (c) => written[c] ?? c) : text
}

function escapeCell(value: StagedRow['values'][number]): string {
  if (value === null) return '\\N'
  if (typeof value === 'string') return escapeText(value)
  return typeof value === 'object' ? escapeText(toLiteral(value)) : String(value)
}

function toLiteral(value: object): string {
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) return JSON.stringify(value)
  return `{${value.map((item: string) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

/** Lines of COPY's text format, many to a chunk: one write to the socket for each line would cost more than the line. */
function* copyChunks(rows: Iterable<StagedRow>, count: (rows: number) => void) {
  let chunk = ''
  let inChunk = 0
  for (const row of rows) {
    chunk += `${escapeText(row.externalId)}\t${row.rowHash}\t${row.values.map(escapeCell).join('\t')}\n`
    inChunk += 1
    if (chunk.length < 65_536) continue
    yield chunk
    count(inChunk)
    chunk = ''
    inChunk = 0
  }
  if (chunk) yield chunk
  count(inChunk)
}

/**
 * COPYs rows into the empty temporary table `stage`: a session's own, so no other organization can see it, and unlogged by
 * nature. The rows may be made while they are read; they are never all in memory for this. Returns how many there were.
 */
export async function stageRows(
  bulk: BulkTx,
  columns: readonly MergeColumn[],
  rows: Iterable<StagedRow>,
  onRows?: (more: number) => void,
): Promise<number> {
  const list = columns.map((column) => `"${column.name}" ${column.type}`).join(', ')
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.stage`)
  await bulk.client.query(
    `CREATE TEMP TABLE stage (external_id text NOT NULL, row_hash bigint NOT NULL, ${list}) ON COMMIT DROP`,
  )
  let staged = 0
  const count = (more: number) => {
    staged += more
    onRows?.(more)
  }
  await copyText(bulk, 'stage', copyChunks(rows, count))
  return staged
}

/** COPYs lines of its text format into a temporary table. */
export async function copyText(bulk: BulkTx, table: string, packs: Iterable<Uint8Array | string>): Promise<void> {
  await pipeline(Readable.from(packs), bulk.client.query(copyFrom(`COPY pg_temp."${table}" FROM STDIN`)))
}

/** Ids and hashes of records, as lines of COPY: number, id, hash. */
export interface Heads {
  text: Uint8Array
  count: number
}

/** COPYs ids and hashes into the empty temporary table `head`. Returns how many there were. */
export async function stageHeads(
  bulk: BulkTx,
  heads: Iterable<Heads>,
  onRows?: (more: number) => void,
): Promise<number> {
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.head`)
  await bulk.client.query(
    `CREATE TEMP TABLE head (no integer NOT NULL, external_id text NOT NULL, row_hash bigint NOT NULL) ON COMMIT DROP`,
  )
  let staged = 0
  const texts = function* () {
    for (const { text, count } of heads) {
      yield text
      staged += count
      onRows?.(count)
    }
  }
  await copyText(bulk, 'head', texts())
  return staged
}
