'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { type ColumnChoice, changeColumn } from '@/lib/platform/browser/column-choice'
import { cn } from '../ui/class-names'
import { layOutColumns } from './column-layout'
import type { DataColumn, SortState } from './data-column'
import type { TableSelection } from './row-selection'
import { originOf, spacerHeight } from './scroll-scale'
import { useRootFont } from './use-root-font'
import { useRowBudget } from './use-row-budget'
import { type SeenRows, useRowWindow } from './use-row-window'
import { useVirtualKeys } from './use-virtual-keys'
import { VirtualHead } from './virtual-head'
import {
  GroupRow,
  groupRole,
  PlaceholderRow,
  type RowActions,
  tableRole,
  type VirtualEntry,
  VirtualRow,
} from './virtual-row'

export interface VirtualTableProps<Row> {
  /** Names the table: "Identities". */
  label: string
  /** Stable. */
  columns: DataColumn<Row>[]
  /** Stable. */
  choices: ColumnChoice[]
  onChoicesChange?: (choices: ColumnChoice[]) => void
  /** All rows of the list, heads of groups with them. */
  count: number
  /** False: there are more than `count`, nobody knows how many. */
  isCountExact?: boolean
  /** What stands at an index; undefined while it is on its way. */
  entryAt: (index: number) => VirtualEntry<Row>
  /** Another list begins at its `start` again. */
  listKey: string
  /** The row to begin with. */
  start: number
  /** The rows in and around the view have changed: they will be needed. */
  onRange: (first: number, end: number) => void
  /** The list stands still, with this row at the top. */
  onRest: (first: number) => void
  rowId: (row: Row) => string
  rowName: (row: Row) => string
  rowHref?: (row: Row) => string
  onRowOpen?: (row: Row) => void
  onGroupToggle?: (id: string) => void
  openRowId?: string
  sort?: SortState
  onSortChange?: (sort: SortState) => void
  selection?: TableSelection
  density?: 'regular' | 'compact'
  /** The rows are of the question before; the next ones are on their way. */
  isStale?: boolean
  /** Nothing is here yet. */
  isLoading?: boolean
  /** Stands in place of the rows when there are none. */
  empty: ReactNode
  /** Binds j, k, x and o. One table of a page should; in the others the arrows and Enter do the same. */
  hasShortcuts?: boolean
  /** Under the rows, with what is in view and a way to another place. */
  foot?: (seen: SeenRows, goToRow: (index: number) => void) => ReactNode
}

const rowHeights = { regular: 36, compact: 28 }
const headPx = 32
const waitingRows = 24
/** More than rows are drawn at a time. */
const placeholderLines = 128

/**
 * A table of any length that draws only the rows around those in view: at most 100 of them. It holds no data of its own;
 * rows, order, columns and selection come from the parent.
 */
export function VirtualTable<Row>(props: VirtualTableProps<Row>) {
  const { columns, choices, onChoicesChange, entryAt, density = 'regular', selection, onRange } = props
  const isWaiting = props.count === 0 && Boolean(props.isLoading || props.isStale)
  const count = isWaiting ? waitingRows : props.count
  const router = useRouter()
  const container = useRef<HTMLElement>(null)
  const scale = useRootFont() / 16
  const rowHeight = rowHeights[density] * scale
  const { drawn, extent, seen, showRow } = useRowWindow({
    container,
    count,
    rowHeight,
    headHeight: headPx * scale,
    start: props.start,
    listKey: props.listKey,
    onRest: props.onRest,
  })
  useEffect(() => onRange(drawn.first, drawn.end), [onRange, drawn.first, drawn.end])

  const { focused, goToRow } = useVirtualKeys({
    container,
    count,
    seen,
    isEnabled: count > 0,
    hasShortcuts: props.hasShortcuts ?? true,
    showRow,
    onToggle: selection && !selection.isEverything ? selection.onToggle : undefined,
    onOpen: props.onRowOpen
      ? (index) => {
          const entry = entryAt(index)
          if (entry?.kind === 'row') props.onRowOpen?.(entry.row)
        }
      : undefined,
  })

  const latest = useRef({ props, router })
  useLayoutEffect(() => {
    latest.current = { props, router }
  })
  const [actions] = useState<RowActions<Row>>(() => ({
    open: (row) => {
      const now = latest.current
      if (now.props.onRowOpen) return now.props.onRowOpen(row)
      if (now.props.rowHref) now.router.push(now.props.rowHref(row))
    },
    toggle: (index, isRange) => latest.current.props.selection?.onToggle(index, isRange),
    toggleGroup: (id) => latest.current.props.onGroupToggle?.(id),
  }))

  const [draft, setDraft] = useState<{ id: string; width: number } | null>(null)
  const isSelectable = selection !== undefined
  const layout = useMemo(() => layOutColumns(columns, choices, isSelectable), [columns, choices, isSelectable])
  const shape = draft ? layOutColumns(columns, changeColumn(choices, draft.id, draft), isSelectable) : layout
  const setWidth = (id: string, width: number | undefined) => {
    setDraft(null)
    onChoicesChange?.(changeColumn(choices, id, { width }))
  }

  const budget = useRowBudget(props.listKey)

  if (count === 0) return <div className="flex-1">{props.empty}</div>

  const indexes = indexesOf(drawn.first, Math.min(drawn.end, count), focused, count)
  const { order, mayDraw } = budget.begin(indexes, drawn.first)
  const columnCount = layout.columns.length + (isSelectable ? 1 : 0)
  const { originTop, top } = originOf(extent, drawn.first, drawn.shift)
  const drawRow = (index: number) => {
    const entry = isWaiting ? undefined : entryAt(index)
    const place = { index, top: top(index), rowHeight }
    if (entry?.kind === 'group') {
      return (
        <GroupRow key={index} {...place} columnCount={columnCount} group={entry.group} onToggle={actions.toggleGroup} />
      )
    }
    // It stands empty for a frame or two: anything in its place would cost as much as the row.
    if (entry && index !== focused && !mayDraw(index)) return null
    if (!entry) {
      // Where the scrollbar passes by in a hurry, the same lines take other places; only one with the focus stays its own.
      const key = index === focused ? index : `place ${index % placeholderLines}`
      return <PlaceholderRow key={key} {...place} columnCount={columnCount} />
    }
    const { row } = entry
    const id = props.rowId(row)
    return (
      <VirtualRow
        key={index}
        {...place}
        id={id}
        row={row}
        name={props.rowName(row)}
        href={props.rowHref?.(row)}
        columns={layout.columns}
        isOpen={id === props.openRowId}
        isOpenable={props.onRowOpen !== undefined || props.rowHref !== undefined}
        isSelected={selection ? selection.isEverything || selection.ids.has(id) : undefined}
        isSelectionFixed={selection?.isEverything === true}
        actions={actions}
      />
    )
  }

  const rows = new Map(order.map((index) => [index, drawRow(index)]))
  return (
    <>
      <section
        ref={container}
        aria-label={`${props.label}, table`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-auto bg-canvas overscroll-y-contain [overflow-anchor:none] focus-visible:-outline-offset-2 max-md:h-[72dvh] max-md:flex-none [@media(max-height:559px)]:h-[80dvh] [@media(max-height:559px)]:flex-none"
      >
        <table
          {...tableRole}
          aria-label={props.label}
          aria-rowcount={isWaiting || props.isCountExact === false ? -1 : count + 1}
          aria-colcount={columnCount}
          aria-busy={isWaiting || props.isStale || undefined}
          className="ruled relative block text-left text-sm"
          style={
            {
              minWidth: shape.leastWidth,
              height: headPx * scale + spacerHeight(extent),
              '--columns': shape.template,
              '--row': `${rowHeight}px`,
              '--head': `${headPx * scale}px`,
            } as React.CSSProperties
          }
        >
          <VirtualHead
            columns={layout.columns}
            sort={props.sort}
            onSortChange={props.onSortChange}
            select={selection?.head(seen)}
            onWidthDraft={(id, width) => setDraft({ id, width })}
            onWidthChange={onChoicesChange ? setWidth : undefined}
          />
          <tbody
            {...groupRole}
            className={cn('absolute inset-x-0 block', props.isStale && 'opacity-60')}
            style={{ top: headPx * scale + originTop }}
          >
            {indexes.map((index) => rows.get(index))}
          </tbody>
        </table>
      </section>
      {isWaiting ? null : props.foot?.(seen, goToRow)}
    </>
  )
}

/** The rows to draw, in order, and the one with the focus wherever it is. */
function indexesOf(first: number, end: number, focused: number | null, count: number): number[] {
  const drawn = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at)
  if (focused === null || focused >= count) return drawn
  if (focused < first) return [focused, ...drawn]
  return focused >= end ? [...drawn, focused] : drawn
}
