import { Prisma } from '../generated/client'
import { cursorName, type ListScope, type OrderRequest, readCounts, sortOf, writeCursor } from './list-rows'
import { conditionsOf, matchOf, totalOf } from './matching'
import { searchCap, wordConditions } from './search-rows'

export interface Anchors {
  total: number
  /** Rows from one anchor to the next. */
  every: number
  anchors: { cursor: string; id: string; value: string | null }[]
}

const mostAnchors = 1000
const leastApart = 200

/**
 * Cursors at every n-th row of an order, with the sort's value there, by one walk of the order's index: with them any row of a
 * long list is reached exactly, by its anchor and a few rows to leave out.
 */
export async function findAnchors(scope: ListScope, order: OrderRequest): Promise<Anchors> {
  const { sql, orgId, table, query } = scope
  const counts = await readCounts(scope)
  const counted = totalOf(query, counts.matching, counts.others)
  const sort = sortOf(table, order.sort)
  const every = Math.max(leastApart, Math.ceil((counts.isWhole ? counted : counts.ledger.sum) / mostAnchors))
  const conditions = [...conditionsOf(query), ...(counts.isWhole ? searched(scope) : wordConditions(query.words))]
  const match = Prisma.join([matchOf(query, table, counts.ledger), ...conditions], ' AND ')
  const id = Prisma.raw(`l.${table.id}`)
  const value = Prisma.raw(`l.${sort.column}`)
  const dir = Prisma.raw(order.direction)
  const rows = await sql<{ id: string; value: string | null; no: number }>(Prisma.sql`
    WITH ordered AS (
      SELECT id, value, (row_number() OVER (ORDER BY missing, value ${dir}, id ${dir}))::int - 1 AS no FROM (
        SELECT false AS missing, ${id} AS id, ${value} AS value FROM ${Prisma.raw(table.table)} l
        WHERE l.org_id = ${orgId}::uuid AND ${value} IS NOT NULL AND ${match}
        UNION ALL
        SELECT true, ${id}, ${value} FROM ${Prisma.raw(table.table)} l
        WHERE l.org_id = ${orgId}::uuid AND ${value} IS NULL AND ${match}
      ) l
    ), counted AS (SELECT *, count(*) OVER () AS total FROM ordered)
    SELECT id::text, value::text, no, total::int FROM counted WHERE no % ${every}::int = 0 ORDER BY no`)
  const name = cursorName(scope, order)
  const total = (rows[0] as { total?: number } | undefined)?.total ?? 0
  const anchors = rows.map((row) => ({
    cursor: writeCursor(name, { id: row.id, value: row.value ?? '', missing: row.value === null }, true),
    id: row.id,
    value: row.value,
  }))
  return { total, every, anchors }
}

/** Few enough to be looked up. */
function searched({ table, query }: ListScope): Prisma.Sql[] {
  if (query.words.length === 0) return []
  const found = Prisma.sql`${Prisma.raw(table.search)}(${query.words}::text[], NULL, ${searchCap}::int)`
  return [Prisma.sql`l.${Prisma.raw(table.id)} IN (SELECT f.id FROM ${found} f)`]
}
