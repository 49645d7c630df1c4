'use client'

import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { Checkbox } from '../ui/checkbox'
import { cn } from '../ui/class-names'
import { cellClasses, stickyClasses } from './cell-classes'
import { type DataColumn, nextSort, type SortState } from './data-column'

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

/** The name of a column, which orders by it when it can. */
export function SortButton<Row>({
  column,
  sort,
  onSortChange,
}: Omit<TableHeadProps<Row>, 'columns' | 'selectAll'> & { column: DataColumn<Row> }) {
  if (!column.sortKey || !onSortChange) return <span className="block truncate">{column.header}</span>
  const isSorted = sort !== undefined && sort.key === column.sortKey
  return (
    <button
      type="button"
      onClick={() => onSortChange(nextSort(column, sort))}
      className={cn(
        'group/sort relative -mx-1 inline-flex h-6 max-w-full items-center gap-1 rounded-sm px-1 hover:text-ink',
        column.align === 'end' && 'flex-row-reverse',
        isSorted && 'text-ink',
      )}
    >
      <span className="truncate">{column.header}</span>
      <SortSign direction={isSorted ? sort.direction : undefined} isAtEnd={column.align === 'end'} />
    </button>
  )
}

const headClasses = 'sticky top-0 z-20 h-8 border-b bg-sunken text-xs font-normal whitespace-nowrap text-ink-muted'

function SortSign({ direction, isAtEnd }: { direction: 'asc' | 'desc' | undefined; isAtEnd: boolean }) {
  if (direction === 'asc') return <ArrowUp className="size-3 shrink-0" aria-hidden />
  if (direction === 'desc') return <ArrowDown className="size-3 shrink-0" aria-hidden />
  return (
    <ChevronsUpDown
      className={cn(
        'absolute size-3 opacity-0 group-hover/sort:opacity-70 group-focus-visible/sort:opacity-70',
        isAtEnd ? '-left-2.5' : '-right-2.5',
      )}
      aria-hidden
    />
  )
}
