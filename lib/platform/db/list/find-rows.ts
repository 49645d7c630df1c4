import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import type { Direction, ListQuery, ListSort, ListTable } from './list-table'
import { alternativeRows, combosOf, matchOf, reachOf } from './matching'
import type { Tally } from './tally'

/** A place in the order of a list. Rows with a value come first in both directions, then those without. */
export interface Position {
  missing: boolean
  /** The sort's value as the database writes it; '' when missing. */
  value: string
  id: string
}

export interface Start extends Position {
  /** Whether the row at the position is the first of the page, or the one before it. */
  isIncluded: boolean
}

export interface RowsRequest {
  sql: RunQuery
  orgId: string
  table: ListTable
  query: ListQuery
  ledger: Tally
  sort: ListSort
  direction: Direction
  start: Start | undefined
  /** How many rows are wanted, those to leave out with them. */
  take: number
  conditions: readonly Prisma.Sql[]
  /** How many rows match; at least so many will do. */
  matching: number
}

const types = { text: 'text', number: 'int', instant: 'timestamptz' } as const

/** The fewest matches for which the order's index is walked rather than all matches fetched and sorted. */
const mostFetched = 5500
/** What a walk that met too few matches falls back to fetching, as long as it is not more than this. */
const mostFetchedLate = 60_000
/** Combinations that an index is asked for in one statement. */
const mostCombos = 6000

/**
 * The next rows of an order. With N rows and K matches a walk of the order's index passes about `take`·N/K entries, and
 * fetching costs K rows: the dearer of the two is never worse than √(`take`·N). K is known exactly, so the choice is made here
 * and not by the planner's estimates. Where matches are not spread evenly over the order, a walk ends after some times what
 * it should have needed.
 */
export async function findRows(request: RowsRequest): Promise<Position[]> {
  const { ledger, matching, take } = request
  if (matching === 0) return []
  if (matching <= Math.min(mostFetched, Math.max(500, Math.sqrt(take * ledger.sum)))) return fetchRows(request)
  const reach = reachOf(request.query, ledger, request.sort)
  const found: Position[] = []
  for (const missing of [false, true]) {
    if (found.length >= take || (request.start?.missing && !missing)) continue
    if (missing ? !reach.missing : !reach.valued) continue
    const walked = await walkSegment(request, segmentOf(request, missing, reach), take - found.length)
    if (walked === 'elsewhere') return fetchRows(request)
    found.push(...walked)
  }
  return found
}

const raw = Prisma.raw

function columnsOf({ table, sort, orgId }: RowsRequest) {
  return {
    id: raw(`l.${table.id}`),
    sorted: raw(`l.${sort.column}`),
    type: raw(types[sort.type]),
    from: Prisma.sql`${raw(table.table)} l`,
    org: Prisma.sql`l.org_id = ${orgId}::uuid`,
  }
}

/** The part of the order with values, or without, from the start on. */
function segmentOf(request: RowsRequest, missing: boolean, reach: ReturnType<typeof reachOf>): Prisma.Sql {
  const { start, direction } = request
  const { id, sorted, type } = columnsOf(request)
  const after = raw(`${direction === 'asc' ? '>' : '<'}${start?.isIncluded ? '=' : ''}`)
  const starts = start?.missing === missing ? start : undefined
  if (missing) {
    return starts ? Prisma.sql`${sorted} IS NULL AND ${id} ${after} ${starts.id}::uuid` : Prisma.sql`${sorted} IS NULL`
  }
  const bounds = [Prisma.sql`${sorted} IS NOT NULL`]
  if (starts) bounds.push(Prisma.sql`(${sorted}, ${id}) ${after} (${starts.value}::${type}, ${starts.id}::uuid)`)
  if (reach.lowest !== undefined) bounds.push(Prisma.sql`${sorted} >= ${reach.lowest}::${type}`)
  if (reach.highest !== undefined) bounds.push(Prisma.sql`${sorted} <= ${reach.highest}::${type}`)
  return Prisma.join(bounds, ' AND ')
}

function matchIn({ query, table, ledger, conditions }: RowsRequest): Prisma.Sql {
  return Prisma.join([matchOf(query, table, ledger), ...conditions], ' AND ')
}

async function walkSegment(request: RowsRequest, segment: Prisma.Sql, take: number): Promise<Position[] | 'elsewhere'> {
  const { sql, direction, ledger, matching } = request
  const { id, sorted, from, org } = columnsOf(request)
  const order = Prisma.sql`ORDER BY ${sorted} ${raw(direction)}, ${id} ${raw(direction)}`
  const select = Prisma.sql`SELECT ${id}::text AS id, ${sorted}::text AS value`
  const match = matchIn(request)
  const enough = Math.max(1000, Math.ceil((6 * take * ledger.sum) / matching))
  const isBounded = enough < ledger.sum / 8
  if (!isBounded) {
    return positions(
      await sql(Prisma.sql`${select} FROM ${from} WHERE ${org} AND ${segment} AND ${match} ${order} LIMIT ${take}`),
    )
  }
  const entries = Prisma.sql`SELECT l.* FROM ${from} WHERE ${org} AND ${segment} ${order}`
  const found = positions(
    await sql(Prisma.sql`${select} FROM (${entries} LIMIT ${enough}) l WHERE ${match} ${order} LIMIT ${take}`),
  )
  if (found.length === take) return found
  const beyond = await sql(Prisma.sql`SELECT 1 AS more FROM (${entries} OFFSET ${enough} LIMIT 1) l`)
  if (beyond.length === 0) return found
  if (matching <= mostFetchedLate && combosOf(request.query, ledger).passing.length <= mostCombos) return 'elsewhere'
  return positions(
    await sql(Prisma.sql`${select} FROM ${from} WHERE ${org} AND ${segment} AND ${match} ${order} LIMIT ${take}`),
  )
}

function positions(rows: object[]): Position[] {
  return (rows as { id: string; value: string | null }[]).map(({ id, value }) => ({
    id,
    value: value ?? '',
    missing: value === null,
  }))
}

/** All matches with their sort value, as a query. Narrow: the rows themselves are read by their ids afterwards. */
function matchedIn(request: RowsRequest): Prisma.Sql {
  const { query, ledger, conditions } = request
  const { id, sorted, from, org } = columnsOf(request)
  const select = (where: Prisma.Sql[]) =>
    Prisma.sql`SELECT ${id} AS id, ${sorted} AS value FROM ${from} WHERE ${Prisma.join([org, ...where, ...conditions], ' AND ')}`
  const { passing, others, rows } = combosOf(query, ledger)
  const alternative = alternativeRows(query)
  // The index of combinations where they are few; else it is the conditions that are.
  const isNarrow = passing.length <= mostCombos && (rows.passing <= mostFetchedLate || conditions.length === 0)
  if (!isNarrow) return select([matchOf(query, request.table, ledger)])
  const own = select([Prisma.sql`l.combo_id = ANY (${passing}::bigint[])`])
  if (!alternative || others.length === 0) return own
  const rest = matchOf(withoutOwn(query), request.table, ledger)
  const isNew = Prisma.sql`NOT (${matchOf(onlyOwn(query), request.table, ledger)})`
  return Prisma.sql`${own} UNION ALL ${select([alternative, rest, isNew])}`
}

/** The query without the filter that has an alternative, and the other way round, without its alternative. */
function withoutOwn(query: ListQuery): ListQuery {
  const filters = Object.entries(query.filters).filter(([, { passes, rows }]) => !(passes && rows))
  return { ...query, filters: Object.fromEntries(filters) }
}

function onlyOwn(query: ListQuery): ListQuery {
  const own = Object.entries(query.filters).flatMap(([name, { passes, rows }]) =>
    passes && rows ? [[name, { passes }]] : [],
  )
  return { ...query, filters: Object.fromEntries(own) }
}

async function fetchRows(request: RowsRequest): Promise<Position[]> {
  const rows = await request.sql(Prisma.sql`
    WITH matched AS MATERIALIZED (${matchedIn(request)})
    SELECT m.id::text, m.value::text FROM matched m WHERE ${inOrder(request)}`)
  return positions(rows)
}

/** The end of a query over `matched m (id, value)`: from the start on, in order, as many as wanted. */
export function inOrder({ start, sort, direction, take }: Pick<RowsRequest, 'start' | 'sort' | 'direction' | 'take'>) {
  const dir = raw(direction)
  const after = raw(`${direction === 'asc' ? '>' : '<'}${start?.isIncluded ? '=' : ''}`)
  const from = !start
    ? Prisma.sql`true`
    : start.missing
      ? Prisma.sql`m.value IS NULL AND m.id ${after} ${start.id}::uuid`
      : Prisma.sql`(m.value IS NULL OR (m.value, m.id) ${after} (${start.value}::${raw(types[sort.type])}, ${start.id}::uuid))`
  return Prisma.sql`${from} ORDER BY m.value IS NULL, m.value ${dir}, m.id ${dir} LIMIT ${take}`
}
