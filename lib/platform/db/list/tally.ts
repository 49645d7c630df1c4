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

const keptCounts = 60
const countedBy = new WeakMap<Tally, Map<string, Promise<Tally>>>()

/**
 * The exact counts of the rows that meet conditions which combinations do not tell. They are kept with the ledger that they were
 * asked beside: every change of a listed row writes a line, so a ledger that still holds says that they do too.
 */
export async function countRows(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  conditions: readonly Prisma.Sql[],
  ledger: Tally,
): Promise<Tally> {
  const key = await keptAs(sql, orgId, Prisma.join([...conditions], ' AND '))
  if (key === undefined) return scanRows(sql, orgId, table, conditions)
  const kept = countedBy.get(ledger) ?? new Map<string, Promise<Tally>>()
  countedBy.set(ledger, kept)
  const known = kept.get(key)
  if (known) return known
  const fresh = scanRows(sql, orgId, table, conditions)
  kept.set(key, fresh)
  fresh.catch(() => kept.delete(key))
  const [oldest] = kept.keys()
  if (kept.size > keptCounts && oldest !== undefined) kept.delete(oldest)
  return fresh
}

/**
 * Under which name counts may be kept; undefined = a condition asks of what leaves no line. Ownership leaves one, and ends by the
 * clock at instants that are known: until the next of them it is the same.
 */
async function keptAs(sql: RunQuery, orgId: string, { text, values }: Prisma.Sql): Promise<string | undefined> {
  const asked = [...text.matchAll(/\bFROM (\w+)/gi)].map(([, from = '']) => from)
  if (asked.some((from) => from !== 'ownership' && from !== 'unnest')) return undefined
  if (!/\bnow\(/i.test(text)) return JSON.stringify([text, values])
  if (!asked.includes('ownership')) return undefined
  const [next] = await sql<{ at: string | null }>(Prisma.sql`
    SELECT min(valid_until)::text AS at FROM ownership WHERE org_id = ${orgId}::uuid AND ended_at IS NULL AND valid_until > now()`)
  return JSON.stringify([text, values, next?.at ?? null])
}

/** Over an index, not over the table: the sum with nothing keeps the planner from reading all rows in the order of combinations. */
async function scanRows(
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

/** The rows that a search finds, at most `cap`, by their ids, and the counts of them by combination. */
export async function readFound(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  { words, cap }: { words: readonly string[]; cap: number },
): Promise<{ ids: string[]; tally: Tally }> {
  const [row] = await sql<Packed & { ids: Buffer }>(Prisma.sql`
    WITH found AS MATERIALIZED (
      SELECT id, combo_id FROM ${Prisma.raw(table.search)}(${words}::text[], NULL, ${cap}::int)
    )
    SELECT ${packed}, (SELECT coalesce(string_agg(uuid_send(id), ''::bytea), ''::bytea) FROM found) AS ids
    FROM (SELECT combo_id, count(*) AS n FROM found GROUP BY combo_id) t`)
  const bytes = row?.ids ?? Buffer.alloc(0)
  const ids = Array.from({ length: bytes.length / 16 }, (_, i) => bytes.toString('hex', i * 16, i * 16 + 16))
  return { ids, tally: await unpack(sql, orgId, table, row?.packed) }
}

/** The counts of those among rows that meet conditions. */
export async function countAmong(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  ids: readonly string[],
  conditions: readonly Prisma.Sql[],
): Promise<Tally> {
  const [row] = await sql<Packed>(Prisma.sql`
    SELECT ${packed} FROM (
      SELECT l.combo_id, count(*) AS n FROM unnest(${ids}::uuid[]) AS f (id)
      JOIN ${Prisma.raw(table.table)} l ON l.org_id = ${orgId}::uuid AND l.${Prisma.raw(table.id)} = f.id
      WHERE ${Prisma.join([...conditions], ' AND ')} GROUP BY 1
    ) t`)
  return unpack(sql, orgId, table, row?.packed)
}
