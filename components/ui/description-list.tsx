import type { ReactNode } from 'react'
import { cn } from './class-names'

export interface DescriptionItem {
  term: string
  /** `undefined` and `null` are shown as unknown, never as blank. */
  detail: ReactNode
}

export interface DescriptionListProps {
  items: DescriptionItem[]
  /** Term beside the detail, or terms above in columns. */
  layout?: 'rows' | 'columns'
  className?: string
}

export function DescriptionList({ items, layout = 'rows', className }: DescriptionListProps) {
  return (
    <dl
      className={cn(
        layout === 'rows'
          ? 'grid grid-cols-[minmax(7rem,max-content)_minmax(0,1fr)] gap-x-6'
          : 'grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))]',
        className,
      )}
    >
      {items.map((item) => (
        <div
          key={item.term}
          className={
            layout === 'rows'
              ? 'col-span-2 grid grid-cols-subgrid items-start border-b py-1.5 last:border-b-0'
              : 'min-w-0'
          }
        >
          <dt className="text-xs leading-5 text-ink-muted">{item.term}</dt>
          <dd className="min-w-0 text-sm *:align-middle">
            {item.detail ?? <span className="text-ink-muted italic">unknown</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
