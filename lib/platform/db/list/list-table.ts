import type { Prisma } from '../generated/client'

export type DimensionValue = string | number | boolean | null

export type Direction = 'asc' | 'desc'

/** One way to sort: a column with an index `(org_id, column, id) INCLUDE (combo_id)`. Rows without a value come last. */
export interface ListSort {
  column: string
  type: 'text' | 'number' | 'real' | 'instant'
  /** The column is a dimension too, so that the walk of the index can be bounded by what the filters leave of it. */
  isDimension?: true
  /** Whether rows have a value in the column, by the value of a dimension; undefined = that does not tell. */
  hasValue?: { on: string; of: (value: DimensionValue) => boolean | undefined }
}

/** The place of a closed dimension among the low bits of a combination's number. */
export interface CodePlace {
  shift: number
  bits: number
  codeOf: (value: DimensionValue) => number
}

/**
 * A table whose rows are listed. Each row carries `combo_id`, a number for the combination of its dimensions: closed ones in its
 * low bits, each at its place, the others as a hash above. `combos` says what a number stands for, `tally` how many rows have it.
 * All names are constants of the code, never input.
 */
export interface ListTable {
  table: string
  /** The row's id within its organization. */
  id: string
  combos: string
  tally: 'identity_tally' | 'credential_tally'
  dimensions: readonly string[]
  codes: Readonly<Record<string, CodePlace>>
  sorts: Readonly<Record<string, ListSort>>
  /** SECURITY DEFINER function (words, combos, cap) that finds rows by parts of their `search_text`. */
  search: string
}

/** How many low bits of a combination's number are for closed dimensions. */
export const codeBits = 20

/** What a row must meet. Predicates are on the row `l`. */
export interface ListFilter {
  /** By the value of a dimension. */
  passes?: { on: string; of: (value: DimensionValue) => boolean }
  /** By anything else; with `passes`, rows that fail that and meet this are in too. */
  rows?: Prisma.Sql
  /** The column that `rows` bounds, when it is about nothing else and no row without a value meets it. */
  bounds?: string
}

export interface ListFacet {
  /** The facet's values that rows with a dimension's value have. */
  values?: { on: string; of: (value: DimensionValue) => readonly string[] }
  /** Only rows with such a value of another dimension have any. */
  among?: { on: string; of: (value: DimensionValue) => boolean }
  /** Values that dimensions do not tell, each with its predicate. */
  counted?: Readonly<Record<string, Prisma.Sql>>
}

export interface ListQuery {
  filters: Readonly<Record<string, ListFilter>>
  /** The rows that the caller may see; null = all. */
  permitted: Prisma.Sql | null
  /** Each a part of the row's `search_text`; in any case. */
  words: readonly string[]
}
