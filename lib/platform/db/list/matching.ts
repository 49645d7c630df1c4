import { Prisma } from '../generated/client'
import type { Column } from './dictionary'
import {
  codeBits,
  type DimensionValue,
  type Direction,
  type ListFacet,
  type ListFilter,
  type ListQuery,
  type ListSort,
  type ListTable,
} from './list-table'
import type { Tally } from './tally'

/** The one filter, if any, that rows may pass by a dimension or else by a predicate (`owner=none,mine`). */
function alternativeOf({ filters }: ListQuery): { name: string; rows: Prisma.Sql } | undefined {
  const found = Object.entries(filters).flatMap(([name, { passes, rows }]) => (passes && rows ? [{ name, rows }] : []))
  if (found.length > 1) throw new Error('only one filter of a list may have an alternative')
  return found[0]
}

export function alternativeRows(query: ListQuery): Prisma.Sql | undefined {
  return alternativeOf(query)?.rows
}

/** The conditions that combinations do not tell, but that of one filter. */
export function conditionsOf(query: ListQuery, except?: string): Prisma.Sql[] {
  const rows = Object.entries(query.filters).flatMap(([name, filter]) =>
    filter.rows && !filter.passes && name !== except ? [filter.rows] : [],
  )
  return query.permitted ? [query.permitted, ...rows] : rows
}

interface Test {
  name: string
  numbers: number[]
  /** By the number of the value: 1 = fails. */
  fails: Uint8Array
}

function testsOf({ filters }: ListQuery, { dictionary }: Tally): Test[] {
  return Object.entries(filters).flatMap(([name, { passes }]) => {
    const column = passes && dictionary.columns[passes.on]
    if (!passes || !column) return []
    return [
      { name, numbers: column.numbers, fails: Uint8Array.from(column.values, (value) => (passes.of(value) ? 0 : 1)) },
    ]
  })
}

/** For each combination of a tally, which filters it fails: none, one (its number among the tests), or more. */
const failsNone = -1
const failsMore = -2

function failures(tests: readonly Test[], tally: Tally, except?: string): Int32Array {
  const failed = new Int32Array(tally.at.length).fill(failsNone)
  const { at } = tally
  for (const [no, { name, numbers, fails }] of tests.entries()) {
    if (name === except || !fails.includes(1)) continue
    for (let i = 0; i < failed.length; i += 1) {
      if (fails[numbers[at[i] as number] as number] === 1) failed[i] = failed[i] === failsNone ? no : failsMore
    }
  }
  return failed
}

/** The same questions are asked of a ledger for the total, the plan and the rows. */
const answered = new WeakMap<ListQuery, WeakMap<Tally, { tests: Test[]; failed: Int32Array }>>()

function failuresOf(query: ListQuery, tally: Tally): { tests: Test[]; failed: Int32Array } {
  const known = answered.get(query) ?? new WeakMap()
  answered.set(query, known)
  const found = known.get(tally)
  if (found) return found
  const tests = testsOf(query, tally)
  const fresh = { tests, failed: failures(tests, tally) }
  known.set(tally, fresh)
  return fresh
}

/** The rows of a tally that its own filters let in, and for whose sake each other combination is out. */
interface Judged {
  tally: Tally
  failed: Int32Array
}

/**
 * `counts`: the rows that meet the conditions. `others`: those that meet the alternative too; of these count the ones whose
 * combination fails the filter that has the alternative.
 */
function judge(query: ListQuery, counts: Tally, others: Tally | undefined): { tests: Test[]; judged: Judged[] } {
  const alternative = alternativeOf(query)
  const { tests, failed: own } = failuresOf(query, counts)
  const judged = [{ tally: counts, failed: own }]
  if (alternative && others) {
    const passesOwn = failures(
      tests.filter(({ name }) => name === alternative.name),
      others,
    )
    const failed = failures(tests, others, alternative.name).map((no, i) =>
      passesOwn[i] === failsNone ? failsMore : no,
    )
    judged.push({ tally: others, failed })
  }
  return { tests, judged }
}

/** How many rows match. */
export function totalOf(query: ListQuery, counts: Tally, others: Tally | undefined): number {
  let total = 0
  for (const { tally, failed } of judge(query, counts, others).judged) {
    for (let i = 0; i < failed.length; i += 1) if (failed[i] === failsNone) total += tally.n[i] ?? 0
  }
  return total
}

/** For each facet, how many rows each of its values would leave with the other filters as they are. */
export function facetsOf(
  query: ListQuery,
  facets: Readonly<Record<string, ListFacet>>,
  counts: Tally,
  others: Tally | undefined,
): Map<string, Map<string, number>> {
  const { tests, judged } = judge(query, counts, others)
  const alternative = alternativeOf(query)?.name
  const found = new Map<string, Map<string, number>>()
  for (const [name, facet] of Object.entries(facets)) {
    const values = new Map<string, number>()
    found.set(name, values)
    const own = tests.findIndex((test) => test.name === name)
    // Left out, the filter with the alternative lets all in, so its second way in adds nothing.
    const parts = name === alternative ? judged.slice(0, 1) : judged
    for (const { tally, failed } of parts)
      addFacet(values, facet, tally, (no) => no === failsNone || no === own, failed)
  }
  return found
}

function addFacet(
  found: Map<string, number>,
  { values, among }: ListFacet,
  { dictionary, at, n }: Tally,
  isIn: (failed: number) => boolean,
  failed: Int32Array,
): void {
  const column = values && dictionary.columns[values.on]
  if (!values || !column) return
  const other = among && dictionary.columns[among.on]
  const inAmong = among && other && Uint8Array.from(other.values, (value) => (among.of(value) ? 1 : 0))
  const sums = new Float64Array(column.values.length)
  for (let i = 0; i < at.length; i += 1) {
    if (!isIn(failed[i] ?? failsMore)) continue
    const combo = at[i] ?? 0
    if (inAmong && other && inAmong[other.numbers[combo] ?? 0] === 0) continue
    const number = column.numbers[combo] ?? 0
    sums[number] = (sums[number] ?? 0) + (n[i] ?? 0)
  }
  for (const [number, value] of column.values.entries()) {
    const count = sums[number] ?? 0
    if (count !== 0) for (const name of values.of(value)) found.set(name, (found.get(name) ?? 0) + count)
  }
}

/** How many of these rows a facet's filter would leave. */
export function countedOf(query: ListQuery, name: string, counts: Tally): number {
  const failed = failures(testsOf(query, counts), counts, name)
  return counts.n.reduce((sum, n, i) => (failed[i] === failsNone ? sum + n : sum), 0)
}

const everything = Prisma.sql`true`
const nothing = Prisma.sql`false`

/** "Is one of those that pass", said by whichever of the two lists is shorter. */
function among<T>(expression: Prisma.Sql, type: string, passing: T[], failing: T[]): Prisma.Sql {
  if (failing.length === 0) return everything
  if (passing.length === 0) return nothing
  const isShort = passing.length <= failing.length
  const list = Prisma.sql`(${isShort ? passing : failing}::${Prisma.raw(type)}[])`
  return isShort ? Prisma.sql`${expression} = ANY ${list}` : Prisma.sql`${expression} <> ALL ${list}`
}

/**
 * The filters by dimensions, and the alternative of one, as a predicate on `l.combo_id`: few and small numbers, and nothing that
 * the planner could take an index of combinations for. `ledger` says which origins there are.
 */
export function matchOf(query: ListQuery, table: ListTable, ledger: Tally): Prisma.Sql {
  const { columns, origin, firsts } = ledger.dictionary
  const alternative = alternativeOf(query)
  const all: Prisma.Sql[] = []
  const origins: { column: Column; passes: (value: Column['values'][number]) => boolean }[] = []
  for (const [name, { passes }] of Object.entries(query.filters)) {
    const column = passes && columns[passes.on]
    if (!passes || !column) continue
    const place = table.codes[passes.on]
    if (place) {
      const code = Prisma.raw(`((l.combo_id >> ${place.shift}) & ${2 ** place.bits - 1})`)
      const passing = column.values.filter((value) => passes.of(value)).map(place.codeOf)
      const failing = column.values.filter((value) => !passes.of(value)).map(place.codeOf)
      const has = among(code, 'bigint', passing, failing)
      all.push(name === alternative?.name ? Prisma.sql`(${has} OR ${alternative.rows})` : has)
    } else if (name === alternative?.name)
      throw new Error(`${name} has an alternative, so its dimension must have a code`)
    else origins.push({ column, passes: passes.of })
  }
  if (origins.length > 0) {
    const fits = firsts.map((combo) =>
      origins.every(({ column, passes }) => passes(column.values[column.numbers[combo] ?? 0] ?? null)),
    )
    const of = (wanted: boolean) => origin.values.filter((_, number) => fits[number] === wanted).map(String)
    all.push(among(Prisma.raw(`(l.combo_id >> ${codeBits})`), 'bigint', of(true), of(false)))
  }
  return all.length > 0 ? Prisma.join(all, ' AND ') : everything
}

/** Reading this many rows that do not match costs less than looking up the next range. */
const bridged = 4

/** Calls back for each range of matching combinations, by their places in the ledger; rows between near ones are taken along. */
function eachRange(query: ListQuery, ledger: Tally, found: (first: number, last: number, rows: number) => void): void {
  const { failed } = failuresOf(query, ledger)
  let first = -1
  let last = -1
  let rows = 0
  let between = 0
  for (let i = 0; i < failed.length; i += 1) {
    const n = ledger.n[i] ?? 0
    if (failed[i] !== failsNone) {
      between += n
      continue
    }
    if (first >= 0 && between <= bridged) rows += between
    else {
      if (first >= 0) found(first, last, rows)
      first = i
      rows = 0
    }
    rows += n
    last = i
    between = 0
  }
  if (first >= 0) found(first, last, rows)
}

/**
 * How many ranges of combinations hold all that match by their dimensions, and how many rows they have. Combinations of one
 * origin stand together, so a filter by origin is a few ranges; one by closed dimensions is about one for each combination.
 */
export function countRanges(query: ListQuery, ledger: Tally): { ranges: number; rows: number } {
  const sums = { ranges: 0, rows: 0 }
  eachRange(query, ledger, (_first, _last, rows) => {
    sums.ranges += 1
    sums.rows += rows
  })
  return sums
}

/** Those ranges, from and to. */
export function rangesOf(query: ListQuery, ledger: Tally): { from: string[]; to: string[] } {
  const id = (i: number) => ledger.dictionary.ids[ledger.at[i] ?? 0] ?? ''
  const ranges = { from: [] as string[], to: [] as string[] }
  eachRange(query, ledger, (first, last) => {
    ranges.from.push(id(first))
    ranges.to.push(id(last))
  })
  return ranges
}

/** The query without the filter that has an alternative, and with nothing but that filter's dimension. */
export function splitAlternative(query: ListQuery): { rest: ListQuery; own: ListQuery } {
  const name = alternativeOf(query)?.name
  const rest = Object.entries(query.filters).filter(([other]) => other !== name)
  const own = Object.entries(query.filters).flatMap(([other, { passes }]) =>
    other === name && passes ? [[other, { passes }]] : [],
  )
  return { rest: { ...query, filters: Object.fromEntries(rest) }, own: { ...query, filters: Object.fromEntries(own) } }
}

/** The combinations that match by their dimensions, each with its value of one of them. */
export function combosOf(query: ListQuery, ledger: Tally, dimension: string): { id: string; value: DimensionValue }[] {
  const { failed } = failuresOf(query, ledger)
  const { ids, columns } = ledger.dictionary
  const column = columns[dimension]
  const found: { id: string; value: DimensionValue }[] = []
  for (let i = 0; i < failed.length; i += 1) {
    if (failed[i] !== failsNone) continue
    const at = ledger.at[i] ?? 0
    found.push({ id: ids[at] ?? '', value: column?.values[column.numbers[at] ?? 0] ?? null })
  }
  return found
}

/** What the filters leave of a sort's column: its bounds, and whether rows with and without a value are among it. */
export function reachOf(query: ListQuery, ledger: Tally, sort: ListSort) {
  const { columns } = ledger.dictionary
  const on = sort.isDimension ? sort.column : sort.hasValue?.on
  const column = on === undefined ? undefined : columns[on]
  if (!column) return { valued: true, missing: true }
  const left = new Uint8Array(column.values.length)
  const { tests, failed } = failuresOf(query, ledger)
  const alternative = alternativeOf(query)?.name
  const own = tests.findIndex(({ name }) => name === alternative)
  for (let i = 0; i < failed.length; i += 1) {
    if (failed[i] === failsNone || (alternative && failed[i] === own)) left[column.numbers[ledger.at[i] ?? 0] ?? 0] = 1
  }
  const values = column.values.filter((_, number) => left[number] === 1)
  const has = (value: (typeof values)[number]) => (sort.isDimension ? value !== null : sort.hasValue?.of(value))
  const ordered = sort.isDimension
    ? values.filter((value) => typeof value === 'string' || typeof value === 'number').sort(compareAsBytes)
    : []
  return {
    valued: values.some((value) => has(value) !== false),
    missing: values.some((value) => has(value) !== true),
    lowest: ordered[0],
    highest: ordered.at(-1),
  }
}

/**
 * The query bounded to the values of a sort's own dimension that the next rows have: whoever sorts by privilege and wants fifty
 * rows needs those of the highest privileges alone, and the counts say of which. `counts` are those of the query's conditions.
 */
export function narrowTo(
  query: ListQuery,
  counts: Tally,
  sort: ListSort,
  direction: Direction,
  start: { missing: boolean; value: string } | undefined,
  take: number,
): { query: ListQuery; matching: number } {
  const column = sort.isDimension ? counts.dictionary.columns[sort.column] : undefined
  const { failed } = failuresOf(query, counts)
  const sums = new Map<DimensionValue, number>()
  let matching = 0
  for (let i = 0; i < failed.length; i += 1) {
    if (failed[i] !== failsNone) continue
    const n = counts.n[i] ?? 0
    matching += n
    const value = column?.values[column.numbers[counts.at[i] ?? 0] ?? 0]
    if (value !== undefined) sums.set(value, (sums.get(value) ?? 0) + n)
  }
  if (!column) return { query, matching }
  const sign = direction === 'asc' ? 1 : -1
  const compare = (left: DimensionValue, right: DimensionValue) =>
    left === null || right === null
      ? Number(left === null) - Number(right === null)
      : sign * compareAsBytes(left as string | number, right as string | number)
  const from = !start || start.missing ? null : sort.type === 'number' ? Number(start.value) : start.value
  const wanted = new Set<DimensionValue>()
  let sum = 0
  let sure = 0
  for (const value of [...sums.keys()].sort(compare)) {
    const place = start ? compare(value, from) : 1
    if (place < 0) continue
    if (sure >= take) break
    wanted.add(value)
    sum += sums.get(value) ?? 0
    // Of the value that the start stands in, nobody knows how many rows are left.
    if (place > 0) sure += sums.get(value) ?? 0
  }
  const only: ListFilter = { passes: { on: sort.column, of: (value) => wanted.has(value) } }
  return { query: { ...query, filters: { ...query.filters, 'values of the order': only } }, matching: sum }
}

/** The order of the database's "C" collation for text. */
function compareAsBytes(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)))
}
