import type { RunQuery } from '../client'
import { Prisma } from '../generated/client'
import type { Direction, ListSort, ListTable } from './list-table'
import { hasCombo, isOneOf, type Part, reachOf } from './matching'

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
  sort: ListSort
  direction: Direction
  start: Start | undefined
  /** How many rows are wanted, those to leave out with them. */
  take: number
  parts: readonly Part[]
  conditions: readonly Prisma.Sql[]
  /** All rows of the organization, and how many of them match. */
  rows: number
  matching: number
}

const types = { text: 'text', number: 'int', instant: 'timestamptz' } as const

/** The fewest matches for which the order's index is walked rather than all matches fetched and sorted. */
const mostFetched = 5500
/** What a walk that met too few matches falls back to fetching, as long as it is not more than this. */
const mostFetchedLate = 60_000

/**
 * The next rows of an order. With N rows and K matches a walk of the order's index passes about `take`·N/K entries, and
 * fetching costs K rows: the dearer of the two is never worse than √(`take`·N). K is known exactly, so the choice is made here
 * and not by the planner's estimates. Where matches are not spread evenly over the order, a walk ends after some times what
 * it should have needed.
 */
export async function findRows(request: RowsRequest): Promise<Position[]> {
  const { rows, matching, take } = request
  if (matching === 0) return []
  if (matching <= Math.min(mostFetched, Math.max(500, Math.sqrt(take * rows)))) return fetchRows(request)
  const found: Position[] = []
  for (const missing of [false, true]) {
    if (found.length >= take || (request.start?.missing && !missing)) continue
    const segment = segmentOf(request, missing)
    if (!segment) continue
    const walked = await walkSegment(request, segment, take - found.length)
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

/** The part of the order with values, or without, from the start on; undefined when nothing can match in it. */
function segmentOf(request: RowsRequest, missing: boolean): Prisma.Sql | undefined {
  const { parts, sort, start, direction } = request
  const { id, sorted, type } = columnsOf(request)
  const reach = reachOf(parts, sort)
  if (missing ? !reach.missing : !reach.valued) return undefined
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

/** The predicate of all parts, with combinations hidden from the planner, who would take their index and sort. */
function matchOf({ parts, conditions }: RowsRequest): Prisma.Sql {
  const hidden = Prisma.sql`(l.combo_id + 0)`
  const each = parts.map((part) => {
    const has = hasCombo(part, hidden)
    return part.rows ? Prisma.sql`(${has} AND ${part.rows})` : has
  })
  return Prisma.join([Prisma.sql`(${Prisma.join(each, ' OR ')})`, ...conditions], ' AND ')
}

async function walkSegment(request: RowsRequest, segment: Prisma.Sql, take: number): Promise<Position[] | 'elsewhere'> {
  const { sql, direction, rows, matching } = request
  const { id, sorted, from, org } = columnsOf(request)
  const order = Prisma.sql`ORDER BY ${sorted} ${raw(direction)}, ${id} ${raw(direction)}`
  const select = Prisma.sql`SELECT ${id}::text AS id, ${sorted}::text AS value`
  const match = matchOf(request)
  const enough = Math.max(4000, Math.ceil((6 * take * rows) / matching))
  const isBounded = enough < rows / 2
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
  if (matching <= mostFetchedLate) return 'elsewhere'
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
  const { parts, conditions } = request
  const { id, sorted, from, org } = columnsOf(request)
  const each = parts
    .filter(({ passing }) => passing.length > 0)
    .map((part) => {
      const has = conditions.length + (part.rows ? 1 : 0) > 0 ? hasCombo(part, raw('l.combo_id')) : isOneOf(part)
      const where = [org, has, ...(part.rows ? [part.rows] : []), ...conditions]
      return Prisma.sql`SELECT ${id} AS id, ${sorted} AS value FROM ${from} WHERE ${Prisma.join(where, ' AND ')}`
    })
  return each.length > 0
    ? Prisma.join(each, ' UNION ALL ')
    : Prisma.sql`SELECT NULL::uuid AS id, NULL AS value WHERE false`
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
