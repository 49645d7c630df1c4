import type { ReactNode } from 'react'

/** One column of a `DataTable`, as a screen writes it. */
export interface DataColumn<Row> {
  id: string
  header: string
  cell: (row: Row) => ReactNode
  /** In px at 16 px a rem; the column keeps it, unless it grows. */
  width: number
  /** Takes its share of the width that is left over. At least one column should. */
  isGrowing?: boolean
  align?: 'start' | 'end'
  /** The header becomes a button, and the parent gets this name. */
  sortKey?: string
  /** The direction of the first click. */
  sortFirst?: 'asc' | 'desc'
  /** Its cell is the link to the row's page; give it to one column. */
  isRowLink?: boolean
  /** The column chooser cannot take it away. */
  isPinned?: boolean
  /** How much of the cell the loading bar fills, 0 to 1. */
  skeletonShare?: number
}

export interface SortState {
  key: string
  direction: 'asc' | 'desc'
}

/** Clicking a header: first its own direction, then the other one, and so on. Pure. */
export function nextSort(
  column: Pick<DataColumn<never>, 'sortKey' | 'sortFirst'>,
  sort: SortState | undefined,
): SortState {
  const key = column.sortKey ?? ''
  const first = column.sortFirst ?? 'asc'
  if (sort?.key !== key) return { key, direction: first }
  return { key, direction: sort.direction === 'asc' ? 'desc' : 'asc' }
}

export const checkboxWidth = 40

/** A first column's width as CSS: it gives way on a narrow screen, where it stays in sight while the others scroll. */
export function firstWidth(px: number): string {
  return `min(${px / 16}rem, 46vw)`
}

/** The table's least width as CSS: every column at its own width, with the checkbox column. */
export function leastWidth(widths: number[], isSelectable: boolean): string {
  const [first = 0, ...others] = widths
  const px = others.reduce((sum, width) => sum + width, 0) + (isSelectable ? checkboxWidth : 0)
  return `calc(${px / 16}rem + ${firstWidth(first)})`
}
