import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import { type ComboKey, type Dictionary, lookUpCombos } from './dictionary'
import type { ListTable } from './list-table'

/**
 * How many rows each combination has: `n[i]` rows of the combination that is number `at[i]` in the dictionary, in the order of
 * the combinations' own numbers.
 */
export interface Tally {
  dictionary: Dictionary
  at: Int32Array
  n: Int32Array
  sum: number
}

/** Twelve bytes for each combination in one value: ten thousand lines cost more to send and to read than to count. */
const packed = Prisma.sql`coalesce(string_agg(int8send(t.combo_id) || int4send(t.n::int4), ''::bytea ORDER BY t.combo_id), ''::bytea) AS packed`

interface Packed {
  packed: Buffer
}

async function unpack(sql: RunQuery, orgId: string, table: ListTable, bytes: Buffer = Buffer.alloc(0)): Promise<Tally> {
  const size = bytes.length / 12
  const keys = Array.from({ length: size }, (_, i): ComboKey => bytes.toString('latin1', i * 12, i * 12 + 8))
  const dictionary = await lookUpCombos(sql, orgId, table, keys)
  const at = new Int32Array(size)
  const n = new Int32Array(size)
  let known = 0
  let sum = 0
  for (let i = 0; i < size; i += 1) {
    const index = dictionary.index.get(keys[i] ?? '')
    if (index === undefined) continue
    const count = bytes.readInt32BE(i * 12 + 8)
    at[known] = index
    n[known] = count
    sum += count
    known += 1
  }
  return { dictionary, at: at.subarray(0, known), n: n.subarray(0, known), sum }
}

/** What a statement could see: all transactions below `from`, and those below `to` that are not `open`. */
interface Snapshot {
  from: string
  to: string
  open: string[]
}

/** Reads PostgreSQL's text of a snapshot: `10:20:12,14`. */
function snapshotOf(text: string): Snapshot {
  const [from = '0', to = '0', open = ''] = text.split(':')
  return { from, to, open: open === '' ? [] : open.split(',') }
}

const keptLedgers = 100
const ledgers = new Map<string, { seen: Snapshot; tally: Tally }>()

/**
 * The exact counts of the organization, from the ledger that the table's triggers keep. The sums are kept in the process and
 * used again as long as no line has come since, which is asked each time.
 */
export async function readLedger(sql: RunQuery, orgId: string, table: ListTable): Promise<Tally> {
  const name = `${table.tally}:${orgId}`
  const lines = Prisma.sql`${Prisma.raw(table.tally)} WHERE org_id = ${orgId}::uuid`
  const kept = ledgers.get(name)
  if (kept) {
    const { from, to, open } = kept.seen
    const [now] = await sql<{ changed: boolean; seen: string }>(Prisma.sql`
      SELECT EXISTS (SELECT FROM ${lines} AND xid >= ${from}::bigint AND (xid >= ${to}::bigint OR xid = ANY (${open}::bigint[]))) AS changed,
        pg_current_snapshot()::text AS seen`)
    if (now && !now.changed) {
      keep(name, { seen: snapshotOf(now.seen), tally: kept.tally })
      return kept.tally
    }
  }
  const [row] = await sql<Packed & { seen: string }>(Prisma.sql`
    SELECT ${packed}, pg_current_snapshot()::text AS seen FROM (
      SELECT combo_id, sum(n) AS n FROM ${lines} GROUP BY combo_id HAVING sum(n) <> 0
    ) t`)
  const tally = await unpack(sql, orgId, table, row?.packed)
  if (row) keep(name, { seen: snapshotOf(row.seen), tally })
  return tally
}

function keep(name: string, ledger: { seen: Snapshot; tally: Tally }): void {
  ledgers.delete(name)
  ledgers.set(name, ledger)
  const oldest = ledgers.size > keptLedgers ? ledgers.keys().next().value : undefined
  if (oldest !== undefined) ledgers.delete(oldest)
}

/**
 * The exact counts of the rows that meet conditions which combinations do not tell: over an index, not over the table. The sum
 * with nothing keeps the planner from reading all rows in the order of combinations.
 */
export async function countRows(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  conditions: readonly Prisma.Sql[],
): Promise<Tally> {
  const [row] = await sql<Packed>(Prisma.sql`
    SELECT ${packed} FROM (
      SELECT l.combo_id + 0 AS combo_id, count(*) AS n FROM ${Prisma.raw(table.table)} l
      WHERE l.org_id = ${orgId}::uuid AND ${Prisma.join(conditions, ' AND ')} GROUP BY 1
    ) t`)
  return unpack(sql, orgId, table, row?.packed)
}

/** The same among the first rows that a search finds; `searched`: how many it found before the conditions. */
export async function countFound(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  search: { words: readonly string[]; cap: number },
  conditions: readonly Prisma.Sql[],
): Promise<{ tally: Tally; searched: number }> {
  const found = Prisma.sql`${Prisma.raw(table.search)}(${search.words}::text[], NULL, ${search.cap}::int)`
  const rows =
    conditions.length === 0
      ? Prisma.sql`SELECT combo_id FROM found`
      : Prisma.sql`SELECT l.combo_id FROM found f JOIN ${Prisma.raw(table.table)} l ON l.org_id = ${orgId}::uuid
          AND l.${Prisma.raw(table.id)} = f.id WHERE ${Prisma.join(conditions, ' AND ')}`
  const [row] = await sql<Packed & { searched: number }>(Prisma.sql`
    WITH found AS MATERIALIZED (SELECT id, combo_id FROM ${found})
    SELECT ${packed}, (SELECT count(*)::int FROM found) AS searched
    FROM (SELECT r.combo_id, count(*) AS n FROM (${rows}) r GROUP BY r.combo_id) t`)
  return { tally: await unpack(sql, orgId, table, row?.packed), searched: row?.searched ?? 0 }
}
