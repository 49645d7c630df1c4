import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import { type ComboKey, lookUpCombos } from './dictionary'
import type { Combo, ListTable } from './list-table'

/** How many rows of each combination there are. */
export type Tally = readonly { combo: Combo; n: number }[]

/** Twelve bytes for each combination in one value: ten thousand lines cost more to send and to read than to count. */
const packed = Prisma.sql`coalesce(string_agg(int8send(t.combo_id) || int4send(t.n::int4), ''::bytea), ''::bytea) AS packed`

interface Packed {
  packed: Buffer
}

async function unpack(sql: RunQuery, orgId: string, table: ListTable, rows: Packed[]): Promise<Tally> {
  const bytes = rows[0]?.packed ?? Buffer.alloc(0)
  const counts = new Map<ComboKey, number>()
  for (let at = 0; at < bytes.length; at += 12)
    counts.set(bytes.toString('latin1', at, at + 8), bytes.readInt32BE(at + 8))
  const combos = await lookUpCombos(sql, orgId, table, counts.keys())
  return [...counts].flatMap(([key, n]) => {
    const combo = combos.get(key)
    return combo ? [{ combo, n }] : []
  })
}

/** The exact counts of the organization, from the ledger that the table's triggers keep. */
export async function readLedger(sql: RunQuery, orgId: string, table: ListTable): Promise<Tally> {
  const rows = await sql<Packed>(Prisma.sql`
    SELECT ${packed} FROM (
      SELECT combo_id, sum(n) AS n FROM ${Prisma.raw(table.tally)} WHERE org_id = ${orgId}::uuid GROUP BY combo_id HAVING sum(n) <> 0
    ) t`)
  return unpack(sql, orgId, table, rows)
}

/** The exact counts of the rows that meet conditions which combinations do not tell: over an index, not over the table. */
export async function countRows(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  conditions: readonly Prisma.Sql[],
): Promise<Tally> {
  const rows = await sql<Packed>(Prisma.sql`
    SELECT ${packed} FROM (
      SELECT l.combo_id, count(*) AS n FROM ${Prisma.raw(table.table)} l
      WHERE l.org_id = ${orgId}::uuid AND ${Prisma.join(conditions, ' AND ')} GROUP BY l.combo_id
    ) t`)
  return unpack(sql, orgId, table, rows)
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
  const answer = await sql<Packed & { searched: number }>(Prisma.sql`
    WITH found AS MATERIALIZED (SELECT id, combo_id FROM ${found})
    SELECT ${packed}, (SELECT count(*)::int FROM found) AS searched
    FROM (SELECT r.combo_id, count(*) AS n FROM (${rows}) r GROUP BY r.combo_id) t`)
  return { tally: await unpack(sql, orgId, table, answer), searched: answer[0]?.searched ?? 0 }
}
