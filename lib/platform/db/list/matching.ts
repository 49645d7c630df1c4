import { Prisma } from '../generated/client'
import type { Combo, Dimensions, ListFacet, ListQuery, ListSort } from './list-table'
import type { Tally } from './tally'

/**
 * Rows in parts that do not overlap: those whose combination alone says that they match, and those that a filter lets in by a
 * predicate although their combination fails it (`owner=none,mine`).
 */
export interface Part {
  passing: readonly Combo[]
  failing: readonly Combo[]
  rows: Prisma.Sql | null
}

/** The one filter, if any, that rows may pass by their dimensions or else by a predicate. */
function alternativeOf({ filters }: ListQuery): [string, Prisma.Sql] | undefined {
  const found = Object.entries(filters).flatMap(([name, { passes, rows }]) =>
    passes && rows ? [[name, rows] as [string, Prisma.Sql]] : [],
  )
  if (found.length > 1) throw new Error('only one filter of a list may have an alternative')
  return found[0]
}

/** Whether rows of these dimensions pass all filters but those that are left out. */
function passesBut({ filters }: ListQuery, dimensions: Dimensions, ...except: (string | undefined)[]): boolean {
  for (const name in filters) {
    const passes = filters[name]?.passes
    if (passes && !except.includes(name) && !passes(dimensions)) return false
  }
  return true
}

/** The conditions that combinations do not tell, but that of one filter. */
export function conditionsOf(query: ListQuery, except?: string): Prisma.Sql[] {
  const rows = Object.entries(query.filters).flatMap(([name, filter]) =>
    filter.rows && !filter.passes && name !== except ? [filter.rows] : [],
  )
  return query.permitted ? [query.permitted, ...rows] : rows
}

export function partsOf(query: ListQuery, known: Tally): Part[] {
  const alternative = alternativeOf(query)
  const passing: Combo[] = []
  const others: Combo[] = []
  const failing: Combo[] = []
  for (const { combo } of known) {
    if (passesBut(query, combo.dimensions)) passing.push(combo)
    else if (alternative && passesBut(query, combo.dimensions, alternative[0])) others.push(combo)
    else failing.push(combo)
  }
  const parts: Part[] = [{ passing, failing: [...others, ...failing], rows: null }]
  if (alternative && others.length > 0) {
    parts.push({ passing: others, failing: [...passing, ...failing], rows: alternative[1] })
  }
  return parts
}

/** How many rows match: `counts` of those that meet the conditions, `others` of those that meet the alternative too. */
export function totalOf(query: ListQuery, counts: Tally, others: Tally | undefined): number {
  const [name] = alternativeOf(query) ?? []
  let total = 0
  for (const { combo, n } of counts) if (passesBut(query, combo.dimensions)) total += n
  for (const { combo, n } of others ?? []) {
    if (!passesBut(query, combo.dimensions) && passesBut(query, combo.dimensions, name)) total += n
  }
  return total
}

/** How many rows each value of a facet would leave with the other filters as they are; values that leave none are not there. */
export function facetOf(
  query: ListQuery,
  name: string,
  facet: ListFacet,
  counts: Tally,
  others: Tally | undefined,
): Map<string, number> {
  const found = new Map<string, number>()
  const { values } = facet
  if (!values) return found
  const add = (dimensions: Dimensions, n: number) => {
    for (const value of values(dimensions)) found.set(value, (found.get(value) ?? 0) + n)
  }
  const [alternative] = alternativeOf(query) ?? []
  for (const { combo, n } of counts) if (passesBut(query, combo.dimensions, name)) add(combo.dimensions, n)
  if (others && alternative !== name) {
    for (const { combo, n } of others) {
      const isCounted = passesBut(query, combo.dimensions, name)
      if (!isCounted && passesBut(query, combo.dimensions, name, alternative)) add(combo.dimensions, n)
    }
  }
  return found
}

/** How many of these rows a facet's filter would leave. */
export function countedOf(query: ListQuery, name: string, counts: Tally): number {
  return counts.reduce((sum, { combo, n }) => (passesBut(query, combo.dimensions, name) ? sum + n : sum), 0)
}

export function alternativeRows(query: ListQuery): Prisma.Sql | undefined {
  return alternativeOf(query)?.[1]
}

const ids = (combos: readonly Combo[]) => combos.map(({ id }) => id)

/** "Has one of the combinations", said by whichever of the two lists is shorter. `column` may hide the column from indexes. */
export function hasCombo({ passing, failing }: Part, column: Prisma.Sql): Prisma.Sql {
  if (failing.length === 0) return Prisma.sql`true`
  if (passing.length <= failing.length) return Prisma.sql`${column} = ANY (${ids(passing)}::bigint[])`
  return Prisma.sql`${column} <> ALL (${ids(failing)}::bigint[])`
}

/** The same by a list that an index can be asked with. */
export function isOneOf({ passing }: Part): Prisma.Sql {
  return Prisma.sql`l.combo_id = ANY (${ids(passing)}::bigint[])`
}

/** What the filters leave of a sort's column: its bounds, and whether rows with and without a value are among it. */
export function reachOf(parts: readonly Part[], sort: ListSort) {
  const values = new Set<string | number>()
  let valued = false
  let missing = false
  for (const { passing } of parts) {
    for (const { dimensions } of passing) {
      const value = sort.isDimension ? dimensions[sort.column] : undefined
      const has = sort.isDimension ? value !== null : sort.hasValue?.(dimensions)
      valued ||= has !== false
      missing ||= has !== true
      if (typeof value === 'string' || typeof value === 'number') values.add(value)
    }
  }
  const ordered = [...values].sort(compareAsBytes)
  return { valued, missing, lowest: ordered[0], highest: ordered.at(-1) }
}

/** The order of the database's "C" collation for text. */
function compareAsBytes(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)))
}
