'use client'

import type { ReactNode } from 'react'
import { cn } from '../ui/class-names'
import { cellClasses } from './cell-classes'
import type { PlacedColumn } from './column-layout'
import { ColumnSeparator } from './column-separator'
import type { SortState } from './data-column'
import { SortButton } from './sort-button'
import { groupRole, headRole, rowRole, stickyCell } from './virtual-row'

interface VirtualHeadProps<Row> {
  columns: PlacedColumn<Row>[]
  sort: SortState | undefined
  onSortChange: ((sort: SortState) => void) | undefined
  /** Stands over the checkboxes; absent: rows cannot be selected. */
  select: ReactNode | undefined
  onWidthDraft: (id: string, width: number) => void
  onWidthChange: ((id: string, width: number | undefined) => void) | undefined
}

/** The head of the columns: order on a press, width at its right edge. */
export function VirtualHead<Row>(props: VirtualHeadProps<Row>) {
  const { columns, sort, onSortChange, select, onWidthDraft, onWidthChange } = props
  const isSelectable = select !== undefined
  return (
    <thead {...groupRole} className="sticky top-0 z-20 block">
      <tr {...rowRole} aria-rowindex={1} className="grid h-8 grid-cols-(--columns)">
        {isSelectable ? (
          <th
            {...headRole}
            scope="col"
            className={cn(
              headCell,
              'max-md:sticky max-md:left-0 max-md:z-30 pl-4 md:pl-6',
              columns[0]?.stickyAt && 'md:sticky md:left-0 md:z-30',
            )}
          >
            {select}
          </th>
        ) : null}
        {columns.map((column, place) => {
          const isSorted = sort !== undefined && sort.key === column.sortKey
          return (
            <th
              key={column.id}
              {...headRole}
              scope="col"
              // Not with the name of the separator inside it.
              aria-label={column.header}
              aria-sort={isSorted ? (sort.direction === 'asc' ? 'ascending' : 'descending') : undefined}
              style={column.stickyAt ? { left: column.stickyAt } : undefined}
              className={cn(
                headCell,
                'relative',
                cellClasses(place, columns.length, isSelectable),
                stickyCell(column, place, isSelectable, 'head'),
                column.align === 'end' && 'justify-end',
              )}
            >
              <SortButton column={column} sort={sort} onSortChange={onSortChange} />
              {onWidthChange ? (
                <ColumnSeparator
                  header={column.header}
                  width={column.width}
                  onDraft={(width) => onWidthDraft(column.id, width)}
                  onChange={(width) => onWidthChange(column.id, width)}
                />
              ) : null}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

const headCell = 'flex items-center border-b bg-sunken text-xs font-normal whitespace-nowrap text-ink-muted'
