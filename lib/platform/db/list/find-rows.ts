import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import type { Direction, ListQuery, ListSort, ListTable } from './list-table'
import {
  alternativeRows,
  combosOf,
  countRanges,
  matchOf,
  narrowTo,
  rangesOf,
  reachOf,
  splitAlternative,
} from './matching'
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

/** A way to come by all matches, with what it costs in about microseconds. */
interface Fetch {
  cost: number
  fetch: () => Promise<Position[]>
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
  /** How many rows meet the conditions, whatever their dimensions. */
  conditional: number
  /** The same by combination, when that is known and no filter has an alternative. */
  counts?: Tally
  /** How to come by all matches without walking, and what that costs, when the caller knows better than ranges and conditions. */
  otherwise?: Fetch
}

const types = { text: 'text', number: 'int', real: 'real', instant: 'timestamptz' } as const

/**
 * What one step costs in about microseconds: an entry of an index, a row, a row of which a text is compared, a descent of an index,
 * a row met by a condition.
 */
const cost = { entry: 0.5, row: 2, text: 3, descent: 8, met: 3 }

/**
 * The next rows of an order. With N rows and K matches a walk of the order's index passes about `take`·N/K entries; fetching costs
 * the rows of the matching combinations, or those that the conditions leave. N, K and both others are known exactly, so the choice
 * is made here and not by the planner's estimates. Where matches are not spread evenly over the order, a walk ends after some
 * times what it should have needed.
 */
export async function findRows(asked: RowsRequest): Promise<Position[]> {
  if (asked.matching === 0) return []
  const { counts, sort, direction, start, take } = asked
  const request = counts ? { ...asked, ...narrowTo(asked.query, counts, sort, direction, start, take) } : asked
  const { ledger, matching, query, conditions, conditional, otherwise } = request
  if (matching === 0) return []
  const inRanges = countRanges(query, ledger)
  const each = conditions.length === 0 ? cost.entry : otherwise ? cost.text : cost.row
  const walking = each * Math.min(ledger.sum, (take * ledger.sum) / matching)
  const byRanges = alternativeRows(query)
    ? Number.POSITIVE_INFINITY
    : cost.descent * inRanges.ranges + cost.row * inRanges.rows
  const byConditions = conditions.length > 0 ? cost.met * conditional : Number.POSITIVE_INFINITY
  const byRows = { cost: Math.min(byRanges, byConditions), fetch: () => fetchRows(request, byRanges <= byConditions) }
  const { cost: fetching, fetch } = cheapest(otherwise ?? byRows, fetchByCombos(request))
  if (fetching <= walking) return fetch()
  const reach = reachOf(query, ledger, request.sort)
  const found: Position[] = []
  for (const missing of [false, true]) {
    if (found.length >= take || (request.start?.missing && !missing)) continue
    if (missing ? !reach.missing || boundsOf(request).length > 0 : !reach.valued) continue
    // A walk that has cost as much as fetching would is given up for it.
    const most = fetching < each * ledger.sum ? Math.ceil(fetching / each) : undefined
    const walked = await walkSegment(request, segmentOf(request, missing, reach), take - found.length, most)
    if (walked === 'elsewhere') return fetch()
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
  const bounds = [Prisma.sql`${sorted} IS NOT NULL`, ...boundsOf(request)]
  if (starts) bounds.push(Prisma.sql`(${sorted}, ${id}) ${after} (${starts.value}::${type}, ${starts.id}::uuid)`)
  if (reach.lowest !== undefined) bounds.push(Prisma.sql`${sorted} >= ${reach.lowest}::${type}`)
  if (reach.highest !== undefined) bounds.push(Prisma.sql`${sorted} <= ${reach.highest}::${type}`)
  return Prisma.join(bounds, ' AND ')
}

/** The filters that bound the very column that is sorted by: a walk begins and ends with them. */
function boundsOf({ query, sort }: RowsRequest): Prisma.Sql[] {
  return Object.values(query.filters).flatMap(({ rows, bounds }) => (rows && bounds === sort.column ? [rows] : []))
}

function matchIn({ query, table, ledger, conditions }: RowsRequest): Prisma.Sql {
  return Prisma.join([matchOf(query, table, ledger), ...conditions], ' AND ')
}

async function walkSegment(
  request: RowsRequest,
  segment: Prisma.Sql,
  take: number,
  most: number | undefined,
): Promise<Position[] | 'elsewhere'> {
  const { sql, direction, ledger, matching } = request
  const { id, sorted, from, org } = columnsOf(request)
  const order = Prisma.sql`ORDER BY ${sorted} ${raw(direction)}, ${id} ${raw(direction)}`
  const select = Prisma.sql`SELECT ${id}::text AS id, ${sorted}::text AS value`
  const match = matchIn(request)
  const likely = Math.ceil((6 * take * ledger.sum) / matching)
  const enough = Math.max(1000, Math.min(likely, most ?? likely))
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
  if (most !== undefined) return 'elsewhere'
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
function matchedIn(request: RowsRequest, isByRanges: boolean): Prisma.Sql {
  const { query, table, ledger, conditions } = request
  const { id, sorted, from, org } = columnsOf(request)
  const select = Prisma.sql`SELECT ${id} AS id, ${sorted} AS value`
  if (isByRanges) {
    const ranges = rangesOf(query, ledger)
    // The limit that is none keeps each range a look-up of its own.
    return Prisma.sql`${select} FROM unnest(${ranges.from}::bigint[], ${ranges.to}::bigint[]) AS r (first, last)
      CROSS JOIN LATERAL (SELECT l.* FROM ${from} WHERE ${org} AND l.combo_id BETWEEN r.first AND r.last OFFSET 0) l
      WHERE ${matchIn(request)}`
  }
  const where = (rows: Prisma.Sql[]) =>
    Prisma.sql`${select} FROM ${from} WHERE ${Prisma.join([org, ...rows, ...conditions], ' AND ')}`
  const alternative = alternativeRows(query)
  if (!alternative) return where([matchOf(query, table, ledger)])
  const { rest, own } = splitAlternative(query)
  const [others, passes] = [matchOf(rest, table, ledger), matchOf(own, table, ledger)]
  return Prisma.sql`${where([others, passes])} UNION ALL ${where([others, alternative, Prisma.sql`NOT (${passes})`])}`
}

async function fetchRows(request: RowsRequest, isByRanges: boolean): Promise<Position[]> {
  const rows = await request.sql(Prisma.sql`
    WITH matched AS MATERIALIZED (${matchedIn(request, isByRanges)})
    SELECT m.id::text, m.value::text FROM matched m WHERE ${inOrder(request)}`)
  return positions(rows)
}

const cheapest = (first: Fetch, second: Fetch | undefined) => (second && second.cost < first.cost ? second : first)

const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
const firstId = '00000000-0000-0000-0000-000000000000'

/**
 * In the order of a dimension all rows of a combination stand together, by their ids, and an index of combinations has the ids in
 * order: so the first row of each combination that matches tells which few combinations the next rows are of.
 */
function fetchByCombos(request: RowsRequest): Fetch | undefined {
  const { sql, query, ledger, sort, conditions, matching, take, start, direction } = request
  if (!sort.isDimension || conditions.length > 0 || alternativeRows(query)) return undefined
  const combos = combosOf(query, ledger, sort.column)
  const likely = Math.min(take, combos.length) * Math.min(take, matching / Math.max(1, combos.length))
  const fetch = async () => {
    const { id, from, org, type } = columnsOf(request)
    const isAt = (value: unknown) =>
      start !== undefined && (start.missing ? value === null : value !== null && String(value) === start.value)
    const open = direction === 'asc' ? firstId : lastId
    const bounds = combos.map(({ value }) => (isAt(value) ? (start?.id ?? open) : open))
    const values = combos.map(({ value }) => (value === null ? null : String(value)))
    const dir = raw(direction)
    const ids = (limit: number) => Prisma.sql`SELECT ${id} AS id FROM ${from} WHERE ${org} AND l.combo_id = r.combo
      AND ${id} ${raw(direction === 'asc' ? '>=' : '<=')} r.bound ORDER BY ${id} ${dir} LIMIT ${limit}`
    const rows = await sql(Prisma.sql`
      WITH first AS MATERIALIZED (
        SELECT r.combo, r.value::${type} AS value, r.bound, l.id
        FROM unnest(${combos.map((combo) => combo.id)}::bigint[], ${values}::text[], ${bounds}::uuid[]) AS r (combo, value, bound)
        CROSS JOIN LATERAL (${ids(1)}) l
        ORDER BY r.value IS NULL, 2 ${dir}, 4 ${dir} LIMIT ${take + 1}
      )
      SELECT m.id::text, m.value::text FROM (
        SELECT l.id, r.value FROM first r CROSS JOIN LATERAL (${ids(take + 1)}) l
      ) m WHERE ${inOrder(request)}`)
    return positions(rows)
  }
  return { cost: cost.descent * combos.length + cost.entry * likely, fetch }
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
