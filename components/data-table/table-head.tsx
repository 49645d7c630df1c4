'use client'

import { Checkbox } from '../ui/checkbox'
import { cn } from '../ui/class-names'
import { cellClasses, stickyClasses } from './cell-classes'
import type { DataColumn, SortState } from './data-column'
import { SortButton } from './sort-button'

export interface TableHeadProps<Row> {
  columns: DataColumn<Row>[]
  sort: SortState | undefined
  onSortChange: ((sort: SortState) => void) | undefined
  selectAll: { label: string; isAll: boolean; isSome: boolean; onToggle: () => void } | undefined
}

export function TableHead<Row>({ columns, sort, onSortChange, selectAll }: TableHeadProps<Row>) {
  return (
    <thead>
      <tr>
        {selectAll ? (
          <th scope="col" className={cn(headClasses, 'max-md:sticky max-md:left-0 max-md:z-30 px-0 pl-4 md:pl-6')}>
            <Checkbox
              label={selectAll.label}
              checked={selectAll.isAll ? true : selectAll.isSome ? 'indeterminate' : false}
              onCheckedChange={selectAll.onToggle}
              className="align-middle"
            />
          </th>
        ) : null}
        {columns.map((column, index) => {
          const isSorted = sort !== undefined && sort.key === column.sortKey
          return (
            <th
              key={column.id}
              scope="col"
              aria-sort={isSorted ? (sort.direction === 'asc' ? 'ascending' : 'descending') : undefined}
              className={cn(
                headClasses,
                cellClasses(index, columns.length, Boolean(selectAll)),
                index === 0 && stickyClasses(Boolean(selectAll), 'head'),
                column.align === 'end' && 'text-right',
              )}
            >
              <SortButton column={column} sort={sort} onSortChange={onSortChange} />
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

const headClasses = 'sticky top-0 z-20 h-8 border-b bg-sunken text-xs font-normal whitespace-nowrap text-ink-muted'
