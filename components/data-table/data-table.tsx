'use client'

import { type RowSelectionState, useTable } from '@tanstack/react-table'
import { useRouter } from 'next/navigation'
import { type ReactNode, useMemo, useRef } from 'react'
import { cn } from '../ui/class-names'
import { checkboxWidth, type DataColumn, firstWidth, leastWidth, type SortState } from './data-column'
import { DataRow } from './data-row'
import { SkeletonRows } from './skeleton-rows'
import { TableHead } from './table-head'
import { tableParts, toColumnDef } from './table-parts'
import { useRowKeys } from './use-row-keys'

export interface DataTableProps<Row extends object> {
  /** Names the table: "Identities". */
  label: string
  /** Stable (module scope or memoised). */
  columns: DataColumn<Row>[]
  /** One page of rows, in the server's order. Stable. */
  rows: Row[]
  rowId: (row: Row) => string
  /** The row's name, for its checkbox. */
  rowName: (row: Row) => string
  /** The row's own page. The link in the row opens it, by click or Enter; the rest of the row too, unless `onRowOpen` is given. */
  rowHref?: (row: Row) => string
  /** A click on the row beside its link, or `o`: opens the row beside the list. */
  onRowOpen?: (row: Row) => void
  /** The row that is open beside the list. */
  openRowId?: string
  sort?: SortState
  onSortChange?: (sort: SortState) => void
  /** With both of them the rows have checkboxes. Ids may be of other pages. */
  selection?: string[]
  onSelectionChange?: (ids: string[]) => void
  hiddenColumns?: string[]
  density?: 'regular' | 'compact'
  /** With no rows: skeleton rows. With rows: they stay, dimmed and busy. */
  isLoading?: boolean
  skeletonRows?: number
  /** Stands in place of the rows when there are none: an `EmptyState`, `NoMatchState`, `FailedState` or `ForbiddenState`. */
  empty: ReactNode
  /** Binds j, k, x and o. One table of a page should. */
  hasShortcuts?: boolean
  className?: string
}

const noIds: string[] = []

/** A server-paged table. It holds no state of its own: rows, order, selection and columns come from the parent. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const {
    columns,
    rows,
    rowId,
    hiddenColumns = noIds,
    density = 'regular',
    isLoading = false,
    onSelectionChange,
  } = props
  const router = useRouter()
  const container = useRef<HTMLElement>(null)
  const isSelectable = Boolean(props.selection && onSelectionChange)
  const rowSelection = useMemo<RowSelectionState>(
    () => Object.fromEntries((props.selection ?? noIds).map((id) => [id, true as const])),
    [props.selection],
  )
  const columnVisibility = useMemo(() => Object.fromEntries(hiddenColumns.map((id) => [id, false])), [hiddenColumns])
  const columnDefs = useMemo(() => columns.map(toColumnDef), [columns])

  const table = useTable({
    features: tableParts,
    columns: columnDefs,
    data: rows,
    getRowId: rowId,
    state: { rowSelection, columnVisibility },
    isRowRangeSelectionEvent: (event) => (event as { shiftKey?: boolean }).shiftKey === true,
    onRowSelectionChange: (updater) => {
      const next = typeof updater === 'function' ? updater(rowSelection) : updater
      onSelectionChange?.(Object.keys(next).filter((id) => next[id]))
    },
  })

  const byId = (id: string) => table.getRowModel().rowsById[id]
  useRowKeys({
    container,
    isEnabled: (props.hasShortcuts ?? true) && rows.length > 0,
    onToggle: isSelectable ? (id) => byId(id)?.toggleSelected() : undefined,
    onOpen: props.onRowOpen ? (id) => withRow(byId(id)?.original, props.onRowOpen) : undefined,
  })

  if (rows.length === 0 && !isLoading) return <div className={cn('flex-1', props.className)}>{props.empty}</div>

  const visible = columns.filter((column) => !hiddenColumns.includes(column.id))
  const widths = visible.map((column) => column.width)
  return (
    <section
      ref={container}
      aria-label={`${props.label}, table`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className={cn('relative min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2', props.className)}
    >
      <table
        aria-label={props.label}
        aria-busy={isLoading || undefined}
        className="w-full table-fixed border-separate border-spacing-0 text-left text-sm"
        style={{ minWidth: leastWidth(widths, isSelectable) }}
      >
        <colgroup>
          {isSelectable ? <col style={{ width: `${checkboxWidth / 16}rem` }} /> : null}
          {visible.map((column, index) => (
            <col key={column.id} style={{ width: columnWidth(column, index) }} />
          ))}
        </colgroup>
        <TableHead
          columns={visible}
          sort={props.sort}
          onSortChange={props.onSortChange}
          selectAll={
            isSelectable
              ? {
                  label: `Select all ${rows.length} on this page`,
                  isAll: table.getIsAllRowsSelected(),
                  isSome: table.getIsSomeRowsSelected(),
                  onToggle: () => table.toggleAllRowsSelected(),
                }
              : undefined
          }
        />
        <tbody className={cn(isLoading && rows.length > 0 && 'opacity-60')}>
          {rows.length === 0 ? (
            <SkeletonRows
              columns={visible}
              count={props.skeletonRows ?? 12}
              isSelectable={isSelectable}
              density={density}
            />
          ) : (
            table
              .getRowModel()
              .rows.map((row) => (
                <DataRow
                  key={row.id}
                  table={table}
                  row={row}
                  columns={visible}
                  density={density}
                  name={props.rowName(row.original)}
                  href={props.rowHref?.(row.original)}
                  isOpen={row.id === props.openRowId}
                  isSelectable={isSelectable}
                  onOpen={props.onRowOpen ? () => props.onRowOpen?.(row.original) : undefined}
                  onNavigate={(href) => router.push(href)}
                />
              ))
          )}
        </tbody>
      </table>
    </section>
  )
}

function withRow<Row>(row: Row | undefined, run: ((row: Row) => void) | undefined): void {
  if (row) run?.(row)
}

function columnWidth(column: { width: number; isGrowing?: boolean }, index: number): string | undefined {
  if (column.isGrowing) return undefined
  return index === 0 ? firstWidth(column.width) : `${column.width / 16}rem`
}
