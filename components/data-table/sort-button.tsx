import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { cn } from '../ui/class-names'
import { type DataColumn, nextSort, type SortState } from './data-column'

interface SortButtonProps<Row> {
  column: DataColumn<Row>
  sort: SortState | undefined
  onSortChange: ((sort: SortState) => void) | undefined
}

/** The name of a column, which orders by it when it can. */
export function SortButton<Row>({ column, sort, onSortChange }: SortButtonProps<Row>) {
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
