import type { Prisma } from '../generated/client'

/** Values of the dimensions that a combination of them stands for. */
export type Dimensions = Readonly<Record<string, string | number | boolean | null>>

export interface Combo {
  /** 64-bit, as decimal text. */
  id: string
  dimensions: Dimensions
}

export type Direction = 'asc' | 'desc'

/** One way to sort: a column with an index `(org_id, column, id) INCLUDE (combo_id)`. Rows without a value come last. */
export interface ListSort {
  column: string
  type: 'text' | 'number' | 'instant'
  /** The column is a dimension too, so that the walk of the index can be bounded by what the filters leave of it. */
  isDimension?: true
  /** Whether rows of a combination have a value in the column; undefined = the combination does not tell. */
  hasValue?: (dimensions: Dimensions) => boolean | undefined
}

/**
 * A table whose rows are listed. Each row carries `combo_id`, the hash of its dimensions; `combos` says what a hash stands
 * for, `tally` how many rows have it. All names are constants of the code, never input.
 */
export interface ListTable {
  table: string
  /** The row's id within its organization. */
  id: string
  combos: string
  tally: string
  dimensions: readonly string[]
  sorts: Readonly<Record<string, ListSort>>
  /** SECURITY DEFINER function (words, combos, cap) that finds rows by parts of their `search_text`. */
  search: string
}

/** What a row must meet. Predicates are on the row `l`. */
export interface ListFilter {
  /** By its dimensions. */
  passes?: (dimensions: Dimensions) => boolean
  /** By anything else; with `passes`, rows that fail that and meet this are in too. */
  rows?: Prisma.Sql
}

export interface ListFacet {
  /** The facet's values that rows of a combination have. */
  values?: (dimensions: Dimensions) => readonly string[]
  /** Values that combinations do not tell, each with its predicate. */
  counted?: Readonly<Record<string, Prisma.Sql>>
}

export interface ListQuery {
  filters: Readonly<Record<string, ListFilter>>
  /** The rows that the caller may see; null = all. */
  permitted: Prisma.Sql | null
  /** Each a part of the row's `search_text`; in any case. */
  words: readonly string[]
}
