import { Prisma } from '../generated/client'
import { inOrder, type Position, type RowsRequest } from './find-rows'
import { matchOf } from './matching'

/** Up to here a search is counted exactly and its rows are all found before they are sorted. */
export const searchCap = 10_000

const raw = Prisma.raw

export interface SearchedPage {
  positions: Position[]
  /** All rows that match, exactly. */
  total: number
}

/**
 * The next rows of an order among those that a search finds, and how many it finds. Undefined when the words alone are met by
 * more rows than a search goes through.
 */
export async function searchRows(request: RowsRequest, words: readonly string[]): Promise<SearchedPage | undefined> {
  const { sql, orgId, table, query, ledger, sort, conditions } = request
  const rows = await sql<{ searched: number; found: number; id: string | null; value: string | null }>(Prisma.sql`
    WITH searched AS MATERIALIZED (
      SELECT id FROM ${raw(table.search)}(${words}::text[], NULL, ${searchCap + 1}::int)
    ), matched AS MATERIALIZED (
      SELECT l.${raw(table.id)} AS id, l.${raw(sort.column)} AS value
      FROM searched s JOIN ${raw(table.table)} l ON l.org_id = ${orgId}::uuid AND l.${raw(table.id)} = s.id
      WHERE ${Prisma.join([matchOf(query, table, ledger), ...conditions], ' AND ')}
    ), page AS (SELECT m.* FROM matched m WHERE ${inOrder(request)})
    SELECT (SELECT count(*)::int FROM searched) AS searched, (SELECT count(*)::int FROM matched) AS found, p.id::text, p.value::text
    FROM (SELECT 1) one LEFT JOIN page p ON true`)
  const [first] = rows
  if (!first || first.searched > searchCap) return undefined
  const positions = rows.flatMap(({ id, value }) =>
    id === null ? [] : [{ id, value: value ?? '', missing: value === null }],
  )
  return { positions, total: first.found }
}

/** The words as predicates on the row, for walks that meet a match every few rows anyway. */
export function wordConditions(words: readonly string[]): Prisma.Sql[] {
  return words.map((word) => {
    const literal = word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)
    return Prisma.sql`l.search_text LIKE ('%' || lower(${literal}::text COLLATE pg_catalog.pg_c_utf8) || '%') COLLATE "C"`
  })
}
