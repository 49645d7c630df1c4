'use client'

import { type ReactNode, useSyncExternalStore } from 'react'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { cn } from '../ui/class-names'
import type { SeenRows } from './use-row-window'

interface ListFootProps {
  seen: SeenRows
  /** Rows that can be scrolled to, heads of groups with them. */
  count: number
  isExact: boolean
  noun: [singular: string, plural: string]
  /** Lines are not all rows: groups have heads. */
  isGrouped: boolean
  /** Some of the rows could not be had. */
  failure?: ReactNode
  children: ReactNode
}

/** Under a list: which rows are in view, and the ways to others. */
export function ListFoot({ seen, count, isExact, noun, isGrouped, failure, children }: ListFootProps) {
  const { first, end } = useSyncExternalStore(seen.subscribe, seen.get, seen.get)
  const rows = isGrouped ? formatCount(count, 'line') : isExact ? formatCount(count, ...noun) : undefined
  return (
    <div className="flex min-h-10 items-center gap-3 border-t px-4 md:px-6">
      <p className={cn('tabular min-w-0 flex-1 text-xs text-ink-muted', failure && 'text-danger-ink')}>
        {failure ?? (
          <>
            {formatNumber(first + 1)}–{formatNumber(Math.max(first + 1, end))} of{' '}
            {rows ?? (
              <>
                more than {formatCount(count, ...noun)}; a longer search leads to those after the first{' '}
                {formatNumber(count)}
              </>
            )}
          </>
        )}
      </p>
      {children}
    </div>
  )
}
