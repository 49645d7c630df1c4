import type { SingleParserBuilder } from 'nuqs/server'
import type { ComponentType, ReactNode } from 'react'
import type { DataColumn } from '@/components/data-table/data-column'
import type { Facet } from '@/components/ui/facet-options'
import type { inventoryTabs } from '@/lib/identities/address'
import type { AgePolicy, FacetCount } from '@/lib/identities/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import type { ColumnChoice } from '@/lib/platform/browser/column-choice'
import type { ListSource } from '@/lib/platform/browser/list-pages'

/** What the pages of both lists have. */
export interface InventoryPage<Row> {
  items: Row[]
  nextCursor: string | null
  total: number | null
  totalIsExact: boolean
  groups?: FacetCount[] | null
  policy: AgePolicy
  asOf: string
  can: { import: boolean }
}

/** What the address says of a list, beside its filters. */
export interface ListState {
  q: string | null
  sort: string | null
  dir: 'asc' | 'desc' | null
  group?: string | null
  open: string[] | null
  at: number | null
  selected: string | null
  cols: ColumnChoice[] | null
  density: 'compact' | null
}

export interface ListQuery {
  sort?: string
  dir?: 'asc' | 'desc'
  group?: string
}

/** What the server painted. */
export interface FirstPage<Page> {
  head: Page
  /** The page in view, when it is not the first. */
  page: { index: number; page: Page } | null
}

export interface InventoryProps<Page> {
  orgId: string
  /** The query that `first` answers, as JSON. */
  question: string
  first: ActionResult<FirstPage<Page>>
  /** Its filter as the box shows it. */
  filterText: string
}

/** How a list can be divided. */
export interface Grouping<Query> {
  options: { value: string; label: string }[]
  /** The filter that leaves the rows of one group. */
  filterOf: (query: Query, group: string, value: string) => Partial<Query>
  labelOf: (group: string, entry: FacetCount) => ReactNode
}

export interface BulkProps {
  orgId: string
  /** Rows by their ids, or the selection that the server keeps. */
  target: { kind: 'rows'; ids: string[] } | { kind: 'everything'; id: string; count: number }
  onDone: () => void
}

/** All by which one list of the inventory differs from the other. */
export interface InventoryKind<Row, Query extends ListQuery, Page extends InventoryPage<Row>> {
  tab: (typeof inventoryTabs)[number]
  /** "Identities" */
  label: string
  noun: [singular: string, plural: string]
  placeholder: string
  // biome-ignore lint/suspicious/noExplicitAny: parsers of any values
  parsers: Record<string, SingleParserBuilder<any>>
  /** The names of the filters among the parameters. */
  filters: string[]
  queryOf: (state: object) => Query
  list: (orgId: string, query: Query) => ListSource<Page>
  columns: (policy: AgePolicy, asOf: string) => DataColumn<Row>[]
  hidden: string[]
  menus: (query: Query, page: Page | undefined) => Facet[]
  rowHref?: (row: Row) => string
  /** The text by which an order of words orders, with its name: undefined for other orders. */
  textOrder: (sort: string) => { name: string; textOf: (row: Row) => string | null } | undefined
  Panel: ComponentType<{ orgId: string; id: string | null; onClose: () => void }>
  Export: ComponentType<{ query: Query; columns: string[]; total: number | undefined; isTotalExact: boolean }>
  grouping?: Grouping<Query>
  bulk?: {
    /** Whether something can be done to a row, so that it can be chosen. */
    isFor: (row: Row) => boolean
    /** Has the server keep which rows match now. */
    selectAll: (query: Query) => Promise<{ id: string; count: number; expiresAt: string }>
    Actions: ComponentType<BulkProps>
  }
}
