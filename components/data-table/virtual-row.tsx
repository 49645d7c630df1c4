'use client'

import { ChevronRight } from 'lucide-react'
import { Fragment, isValidElement, type MouseEvent, memo, type ReactNode } from 'react'
import { formatNumber } from '@/lib/platform/browser/format'
import { Checkbox } from '../ui/checkbox'
import { cn } from '../ui/class-names'
import { Skeleton } from '../ui/skeleton'
import { cellClasses } from './cell-classes'
import { CellFrame, isElsewhere } from './cell-frame'
import type { PlacedColumn } from './column-layout'

/** A group of rows, as its head shows it. */
export interface RowGroup {
  id: string
  label: ReactNode
  count: number
  isOpen: boolean
}

/** What stands at an index of the list; undefined while it is on its way. */
export type VirtualEntry<Row> = { kind: 'row'; row: Row } | { kind: 'group'; group: RowGroup } | undefined

/** What rows can ask for; the same object for the life of the table, so that rows need not draw again. */
export interface RowActions<Row> {
  open: (row: Row) => void
  toggle: (index: number, isRange: boolean) => void
  toggleGroup: (id: string) => void
}

interface VirtualRowProps<Row> {
  index: number
  /** Distance from the top of the rows, px. */
  top: number
  rowHeight: number
  id: string
  name: string
  href: string | undefined
  row: Row
  columns: PlacedColumn<Row>[]
  isOpen: boolean
  isOpenable: boolean
  /** undefined: rows cannot be selected. */
  isSelected: boolean | undefined
  isSelectionFixed: boolean
  actions: RowActions<Row>
}

// The page gives tables of this kind another layout, and some browsers take the meaning of a table away with it.
export const tableRole = { role: 'table' }
export const groupRole = { role: 'rowgroup' }
export const rowRole = { role: 'row' }
export const cellRole = { role: 'cell' }
export const headRole = { role: 'columnheader' }

const rowClasses = 'absolute inset-x-0 grid grid-cols-(--columns) [contain:strict]'

function VirtualRowBody<Row>(props: VirtualRowProps<Row>) {
  const { index, top, rowHeight, id, name, href, row, columns, isOpen, isOpenable, isSelected, actions } = props
  const isSelectable = isSelected !== undefined
  const open = (event: MouseEvent<HTMLElement>) => {
    if (isOpenable && !isElsewhere(event)) actions.open(row)
  }
  return (
    <tr
      {...rowRole}
      aria-rowindex={index + 2}
      data-index={index}
      data-row-id={id}
      tabIndex={-1}
      onClick={open}
      style={{ top, height: rowHeight }}
      className={cn(
        rowClasses,
        'group/row bg-canvas focus-within:bg-hover hover:bg-hover focus-visible:-outline-offset-2',
        isOpenable && 'cursor-default',
        (isSelected || isOpen) && 'bg-accent-wash focus-within:bg-accent-wash hover:bg-accent-wash',
      )}
    >
      {isSelectable ? (
        <td
          {...cellRole}
          className={cn(
            cellBox,
            'max-md:sticky max-md:left-0 max-md:z-10 pl-4 md:pl-6',
            columns[0]?.stickyAt && 'md:sticky md:left-0 md:z-10',
            isOpen && openMark,
          )}
        >
          <Checkbox
            label={`Select ${name}`}
            checked={isSelected}
            disabled={props.isSelectionFixed}
            title={
              props.isSelectionFixed ? 'All that match are selected. Clear the selection to choose rows.' : undefined
            }
            onClick={(event) => actions.toggle(index, event.shiftKey)}
          />
        </td>
      ) : null}
      {columns.map((column, place) => (
        <td
          key={column.id}
          {...cellRole}
          style={column.stickyAt ? { left: column.stickyAt } : undefined}
          className={cn(
            cellBox,
            'cell-content',
            cellClasses(place, columns.length, isSelectable),
            stickyCell(column, place, isSelectable, 'body'),
            place === 0 && isOpen && !isSelectable && openMark,
            column.align === 'end' && 'tabular justify-end text-right',
          )}
        >
          {href && column.isRowLink ? <CellFrame href={href}>{column.cell(row)}</CellFrame> : whole(column.cell(row))}
        </td>
      ))}
    </tr>
  )
}

/** One row; it draws again only when something of its own changes. */
export const VirtualRow = memo(VirtualRowBody) as typeof VirtualRowBody

/** Words by themselves need something around them that can cut them off. */
function whole(content: ReactNode): ReactNode {
  const isOne = isValidElement(content) && content.type !== Fragment
  return isOne || typeof content === 'number' ? content : <span>{content}</span>
}

const cellBox = 'flex items-center overflow-hidden border-b bg-inherit py-0 whitespace-nowrap'
const openMark = 'shadow-[inset_3px_0_var(--accent-ink)]'

/** The first column stays on narrow screens, pinned ones on wide screens. */
export function stickyCell(
  column: Pick<PlacedColumn<never>, 'stickyAt' | 'isLastPinned'>,
  place: number,
  isSelectable: boolean,
  part: 'head' | 'body',
): string {
  const level = part === 'head' ? 'max-md:z-30' : 'max-md:z-10'
  return cn(
    place === 0 && `max-md:sticky max-md:border-r ${isSelectable ? 'max-md:left-14!' : 'max-md:left-0!'} ${level}`,
    column.stickyAt !== undefined && (part === 'head' ? 'md:sticky md:z-30' : 'md:sticky md:z-10'),
    column.isLastPinned && 'md:border-r',
  )
}

interface PlaceholderRowProps {
  index: number
  top: number
  rowHeight: number
  columnCount: number
}

/** Holds the place of a row that is on its way; it can hold the focus too. */
export const PlaceholderRow = memo(({ index, top, rowHeight, columnCount }: PlaceholderRowProps) => (
  <tr
    {...rowRole}
    aria-rowindex={index + 2}
    aria-busy
    data-index={index}
    tabIndex={-1}
    style={{ top, height: rowHeight }}
    className={cn(rowClasses, 'focus-visible:-outline-offset-2')}
  >
    <td {...cellRole} colSpan={columnCount} className={cn(cellBox, 'col-span-full pl-4 md:pl-6')}>
      <span className="sr-only">Loading</span>
      <span aria-hidden className="sticky left-4 block md:left-6" style={{ width: `${26 + ((index * 7) % 5) * 3}ch` }}>
        <Skeleton className="animate-none" />
      </span>
    </td>
  </tr>
))
PlaceholderRow.displayName = 'PlaceholderRow'

interface GroupRowProps extends PlaceholderRowProps {
  group: RowGroup
  onToggle: (id: string) => void
}

/** The head of a group: opens and closes it. */
export const GroupRow = memo(({ index, top, rowHeight, columnCount, group, onToggle }: GroupRowProps) => (
  <tr
    {...rowRole}
    aria-rowindex={index + 2}
    data-index={index}
    tabIndex={-1}
    style={{ top, height: rowHeight }}
    className={cn(rowClasses, 'bg-sunken focus-within:bg-hover hover:bg-hover')}
  >
    <td {...cellRole} colSpan={columnCount} className={cn(cellBox, 'col-span-full')}>
      <button
        type="button"
        data-row-link
        aria-expanded={group.isOpen}
        onClick={() => onToggle(group.id)}
        className="sticky left-0 flex h-full max-w-[92vw] items-center gap-2 pr-4 pl-4 text-left font-medium focus-visible:-outline-offset-2 md:pl-6"
      >
        <ChevronRight
          className={cn('size-3.5 shrink-0 text-ink-muted transition-transform', group.isOpen && 'rotate-90')}
          aria-hidden
        />
        <span className="min-w-0 truncate">{group.label}</span>
        <span className="tabular font-normal text-ink-muted">{formatNumber(group.count)}</span>
      </button>
    </td>
  </tr>
))
GroupRow.displayName = 'GroupRow'
