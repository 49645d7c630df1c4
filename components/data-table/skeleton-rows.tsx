import { cn } from '../ui/class-names'
import { Skeleton } from '../ui/skeleton'
import { cellClasses } from './cell-classes'
import type { DataColumn } from './data-column'

export interface SkeletonRowsProps<Row> {
  columns: DataColumn<Row>[]
  count: number
  isSelectable: boolean
  density: 'regular' | 'compact'
}

/** Bars in the shape of the rows that come, of differing length as text has. */
export function SkeletonRows<Row>({ columns, count, isSelectable, density }: SkeletonRowsProps<Row>) {
  return Array.from({ length: count }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
    <tr key={row} aria-hidden>
      {isSelectable ? (
        <td className={cn('border-b pl-4 md:pl-6', density === 'regular' ? 'h-row' : 'h-row-compact')}>
          <span className="block size-4 rounded-sm border" />
        </td>
      ) : null}
      {columns.map((column, index) => {
        const share = (column.skeletonShare ?? 0.6) * (0.7 + ((row * 7 + index * 3) % 5) * 0.075)
        return (
          <td
            key={column.id}
            className={cn(
              'border-b',
              density === 'regular' ? 'h-row' : 'h-row-compact',
              cellClasses(index, columns.length, isSelectable),
            )}
          >
            <span className={cn('flex', column.align === 'end' && 'justify-end')}>
              <span className="block" style={{ width: `${Math.round(share * 100)}%` }}>
                <Skeleton />
              </span>
            </span>
          </td>
        )
      })}
    </tr>
  ))
}
