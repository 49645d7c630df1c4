import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import { findRows, inOrder, type Position, type RowsRequest } from './find-rows'
import type { ListTable } from './list-table'
import { alternativeRows, matchOf, totalOf } from './matching'
import { readFound, type Tally } from './tally'

/** Up to here a search is counted exactly and its rows are all found before they are sorted. */
export const searchCap = 10_000

const raw = Prisma.raw

/** What words are met by, before any filter: at most one row more than the cap. */
export interface Found {
  ids: string[]
  tally: Tally
}

const keptSearches = 20
const searches = new WeakMap<Tally, Map<string, Promise<Found>>>()

/** The rows that words are met by, in no order. As for counts: kept with the ledger that they were searched beside. */
export function searchWords(
  sql: RunQuery,
  orgId: string,
  table: ListTable,
  words: readonly string[],
  ledger: Tally,
): Promise<Found> {
  const key = JSON.stringify(words)
  const kept = searches.get(ledger) ?? new Map<string, Promise<Found>>()
  searches.set(ledger, kept)
  const known = kept.get(key)
  if (known) return known
  const fresh = readFound(sql, orgId, table, { words, cap: searchCap + 1 })
  kept.set(key, fresh)
  fresh.catch(() => kept.delete(key))
  const [oldest] = kept.keys()
  if (kept.size > keptSearches && oldest !== undefined) kept.delete(oldest)
  return fresh
}

/** What it costs to look a row up by its id, in about microseconds. */
const lookUp = 8

/**
 * The next rows of an order among those that a search has found, no more than the cap, and how many of them there are: by
 * walking the order while a match comes every few rows, else by looking them all up.
 */
export async function orderFound(
  request: RowsRequest,
  words: readonly string[],
  { ids, tally }: Found,
): Promise<{ positions: Position[]; total: number }> {
  const { query, conditions } = request
  if (conditions.length > 0 || alternativeRows(query)) return lookUpFound(request, ids)
  const total = totalOf(query, tally, undefined)
  const fetch = async () => (await lookUpFound(request, ids)).positions
  const positions = await findRows({
    ...request,
    conditions: wordConditions(words),
    matching: total,
    counts: tally,
    otherwise: { cost: lookUp * ids.length, fetch },
  })
  return { positions, total }
}

async function lookUpFound(request: RowsRequest, ids: readonly string[]) {
  const { sql, orgId, table, query, ledger, sort, conditions } = request
  const rows = await sql<{ found: number; id: string | null; value: string | null }>(Prisma.sql`
    WITH matched AS MATERIALIZED (
      SELECT l.${raw(table.id)} AS id, l.${raw(sort.column)} AS value
      FROM unnest(${ids}::uuid[]) AS s (id) JOIN ${raw(table.table)} l ON l.org_id = ${orgId}::uuid AND l.${raw(table.id)} = s.id
      WHERE ${Prisma.join([matchOf(query, table, ledger), ...conditions], ' AND ')}
    ), page AS (SELECT m.* FROM matched m WHERE ${inOrder(request)})
    SELECT (SELECT count(*)::int FROM matched) AS found, p.id::text, p.value::text
    FROM (SELECT 1) one LEFT JOIN page p ON true`)
  const positions = rows.flatMap(({ id, value }) =>
    id === null ? [] : [{ id, value: value ?? '', missing: value === null }],
  )
  return { positions, total: rows[0]?.found ?? 0 }
}

/** The words as predicates on the row, for walks that meet a match every few rows anyway. */
export function wordConditions(words: readonly string[]): Prisma.Sql[] {
  return words.map((word) => {
    const literal = word.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)
    return Prisma.sql`l.search_text LIKE ('%' || lower(${literal}::text COLLATE pg_catalog.pg_c_utf8) || '%') COLLATE "C"`
  })
}
