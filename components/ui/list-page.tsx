import type { ReactNode } from 'react'
import { cn } from './class-names'

/**
 * A page that is a list: header, filter, table and paging fill the window, and the table alone scrolls. On narrow
 * or low windows the whole page scrolls instead. Children in order: `PageHeader`, `FilterBar`, `DataTable`, `Pagination`.
 */
export function ListPage({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      className={cn(
        'flex min-h-0 flex-col md:[@media(min-height:560px)]:h-[calc(100dvh-var(--banner,0rem))]',
        className,
      )}
    >
      {children}
    </div>
  )
}
