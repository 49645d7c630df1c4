import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../../http/cursor'
import type { RunQuery } from '../client'
import type { Prisma } from '../generated/client'
import { findRows, type Position, type RowsRequest, type Start } from './find-rows'
import type { Direction, ListFacet, ListQuery, ListTable } from './list-table'
import { alternativeRows, conditionsOf, countedOf, facetsOf, totalOf } from './matching'
import { orderFound, searchCap, searchWords, wordConditions } from './search-rows'
import { countAmong, countRows, readLedger, type Tally } from './tally'

export interface ListScope {
  sql: RunQuery
  orgId: string
  table: ListTable
  query: ListQuery
  /** The organization's ledger, when it is read for several questions at once. */
  ledger?: Promise<Tally>
}

export interface OrderRequest {
  /** One of the table's sorts. */
  sort: string
  direction: Direction
}

export interface PageRequest extends OrderRequest {
  cursor: string | undefined
  /** Rows to leave out after the cursor. */
  skip: number
  limit: number
}

export interface ListTotal {
  total: number
  /** False when a search matches more than the 10,000 that `total` then says. */
  totalIsExact: boolean
}

export interface ListedPage extends ListTotal {
  ids: string[]
  nextCursor: string | null
}

/** What the rows of one list and filter are counted by; asked once for a page, its total and its facets. */
export interface Counts {
  ledger: Tally
  /** Of the rows that meet the conditions, those that the alternative of a filter lets in among them, and the words. */
  matching: Tally
  others: Tally | undefined
  /** Whether `matching` holds all rows that the words meet. */
  isWhole: boolean
}

/** Counts for a query, but for the conditions of one filter. */
export async function readCounts(asked: ListScope, except?: string): Promise<Counts> {
  // One reading of the ledger serves all that is counted here.
  const scope = { ...asked, ledger: ledgerOf(asked) }
  const { query } = scope
  const conditions = conditionsOf(query, except)
  const alternative = alternativeRows(query)
  if (query.words.length > 0 && (conditions.length > 0 || alternative)) {
    const { ids } = await searchWords(scope.sql, scope.orgId, scope.table, query.words, await scope.ledger)
    // Conditions would be tried on the first rows that the words meet only: rather slow than wrong.
    if (ids.length > searchCap) return readCounts(withoutSearch(scope), except)
  }
  const [ledger, matching, others] = await Promise.all([
    ledgerOf(scope),
    countMatching(scope, conditions),
    alternative && countMatching(scope, [...conditions, alternative]),
  ])
  return { ledger, matching: matching.tally, others: others?.tally, isWhole: matching.searched <= searchCap }
}

/** The same rows without the search: its words as conditions. */
export function withoutSearch(scope: ListScope): ListScope {
  const { query } = scope
  const named = wordConditions(query.words).map((rows, index) => [`word ${index}`, { rows }] as const)
  return { ...scope, query: { ...query, words: [], filters: { ...query.filters, ...Object.fromEntries(named) } } }
}

export function ledgerOf({ sql, orgId, table, ledger }: ListScope): Promise<Tally> {
  return ledger ?? readLedger(sql, orgId, table)
}

/** How many rows meet the conditions; without any, the ledger knows. */
async function countMatching(scope: ListScope, rows: Prisma.Sql[]): Promise<{ tally: Tally; searched: number }> {
  const { sql, orgId, table, query } = scope
  const ledger = await ledgerOf(scope)
  if (query.words.length > 0) {
    const { ids, tally } = await searchWords(sql, orgId, table, query.words, ledger)
    const searched = ids.length
    if (rows.length === 0) return { tally, searched }
    return { tally: await countAmong(sql, orgId, table, ids, rows), searched }
  }
  return { tally: rows.length > 0 ? await countRows(sql, orgId, table, rows, ledger) : ledger, searched: 0 }
}

/** One page, from the cursor on in the order of the sort, ties by id. `counts` may still be under way. */
export async function listRows(scope: ListScope, request: PageRequest, counts: Promise<Counts>): Promise<ListedPage> {
  const { table, query } = scope
  const name = cursorName(scope, request)
  const start = request.cursor === undefined ? undefined : readCursor(name, request.cursor)
  const take = request.skip + request.limit + 1
  const order = { sort: sortOf(table, request.sort), direction: request.direction, start, take }
  const { positions, ...total } =
    query.words.length > 0 ? await findBySearch(scope, order, counts) : await findByPlan(scope, order, await counts)
  const page = positions.slice(request.skip, request.skip + request.limit)
  const last = page.at(-1)
  const hasMore = positions.length > request.skip + request.limit && last !== undefined
  return { ids: page.map(({ id }) => id), nextCursor: hasMore ? writeCursor(name, last, false) : null, ...total }
}

type Order = Pick<RowsRequest, 'sort' | 'direction' | 'start' | 'take'>

async function findByPlan({ sql, orgId, table, query }: ListScope, order: Order, counts: Counts) {
  const { ledger } = counts
  const matching = totalOf(query, counts.matching, counts.others)
  const conditions = conditionsOf(query)
  const positions = await findRows({
    sql,
    orgId,
    table,
    query,
    ledger,
    ...order,
    conditions,
    matching,
    conditional: counts.matching.sum,
    counts: alternativeRows(query) ? undefined : counts.matching,
  })
  return { positions, total: matching, totalIsExact: true }
}

async function findBySearch(scope: ListScope, order: Order, pending: Promise<Counts>) {
  const { sql, orgId, table, query } = scope
  const ledger = await ledgerOf(scope)
  const conditions = conditionsOf(query)
  const request = {
    sql,
    orgId,
    table,
    query,
    ledger,
    ...order,
    conditions,
    matching: searchCap,
    conditional: searchCap,
  }
  const found = await searchWords(sql, orgId, table, query.words, ledger)
  if (found.ids.length <= searchCap) return { ...(await orderFound(request, query.words, found)), totalIsExact: true }
  if (conditions.length > 0 || alternativeRows(query)) return findByPlan(withoutSearch(scope), order, await pending)
  // The words alone are met by more than the cap; how many rows meet the dimensions too, a walk finds out.
  const positions = await findRows({ ...request, conditions: wordConditions(query.words), conditional: ledger.sum })
  return { positions, total: searchCap, totalIsExact: false }
}

/** The total without any row; at least that many when a search meets more than 10,000. */
export async function countList(scope: ListScope): Promise<number> {
  const counts = await readCounts(scope)
  return totalOf(scope.query, counts.matching, counts.others)
}

/** For each facet, how many rows each of its values would leave with the other filters as they are, most first. */
export async function countFacets(
  scope: ListScope,
  facets: Readonly<Record<string, ListFacet>>,
  pending: Promise<Counts>,
): Promise<Record<string, { value: string; count: number }[]>> {
  const { query } = scope
  const isConditional = (name: string) => query.filters[name]?.rows !== undefined && !query.filters[name]?.passes
  const names = Object.keys(facets)
  const plain = Object.fromEntries(Object.entries(facets).filter(([name]) => !isConditional(name)))
  const conditional = Object.entries(facets).filter(([name]) => isConditional(name))
  const [found, ...rest] = await Promise.all([
    pending.then((counts) => facetsOf(query, plain, counts.matching, counts.others)),
    ...conditional.map(async ([name, facet]) => {
      const counts = await readCounts(scope, name)
      return facetsOf(query, { [name]: facet }, counts.matching, counts.others)
    }),
  ])
  const all = new Map([...found, ...rest.flatMap((part) => [...part])])
  const counted = names.flatMap((name) =>
    Object.entries(facets[name]?.counted ?? {}).map(async ([value, rows]) => {
      const { tally } = await countMatching(scope, [...conditionsOf(query, name), rows])
      const count = countedOf(query, name, tally)
      if (count > 0) all.get(name)?.set(value, count)
    }),
  )
  await Promise.all(counted)
  const byCount = (counts: Map<string, number> | undefined) =>
    [...(counts ?? [])]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  return Object.fromEntries(names.map((name) => [name, byCount(all.get(name))]))
}

export function sortOf(table: ListTable, name: string) {
  const sort = table.sorts[name]
  if (!sort) throw new Error(`${table.table} has no sort ${name}`)
  return sort
}

export function cursorName({ table, orgId }: ListScope, { sort, direction }: OrderRequest): string {
  return `${table.table}:${sort}:${direction}:${orgId}`
}

/** @param isIncluded whether the page shall begin with this very row, as at an anchor */
export function writeCursor(name: string, { missing, value, id }: Position, isIncluded: boolean): string {
  return encodeCursor(name, [missing ? 1 : 0, missing ? '' : value, id, isIncluded ? 1 : 0])
}

const CursorShape = z.tuple([
  z.union([z.literal(0), z.literal(1)]),
  z.string(),
  z.uuid(),
  z.union([z.literal(0), z.literal(1)]),
])

/** @throws AppError `invalid_input` for a cursor of another list, sort, direction or organization */
function readCursor(name: string, cursor: string): Start {
  const [missing, value, id, isIncluded] = decodeCursor(name, cursor, CursorShape)
  return { missing: missing === 1, value, id, isIncluded: isIncluded === 1 }
}
