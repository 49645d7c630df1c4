'use client'

import { ChevronLeft, ChevronRight } from 'lucide-react'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { Button } from './button'
import { cn } from './class-names'

export interface PaginationProps {
  /** Rows on this page. */
  shown: number
  /** All rows that match; `isEstimate` writes "about". Leave out when not counted. */
  total?: { count: number; isEstimate?: boolean }
  /** `['identity', 'identities']`. */
  noun: [singular: string, plural: string]
  /** Absent: there is no such page. */
  onPrevious?: () => void
  onNext?: () => void
  isPending?: boolean
  className?: string
}

/** Keyset paging: there are neighbours, but no page numbers. */
export function Pagination({ shown, total, noun, onPrevious, onNext, isPending, className }: PaginationProps) {
  const counted = total
    ? shown === total.count
      ? formatCount(shown, ...noun)
      : `${formatNumber(shown)} of ${total.isEstimate ? 'about ' : ''}${formatCount(total.count, ...noun)}`
    : formatCount(shown, ...noun)
  return (
    <nav aria-label="Pages" className={cn('flex min-h-10 items-center justify-between gap-4 px-4 md:px-6', className)}>
      <p className="tabular text-xs text-ink-muted" aria-live="polite">
        Showing {counted}
      </p>
      <div className="flex gap-1">
        <Button
          variant="ghost"
          icon={<ChevronLeft aria-hidden />}
          disabled={!onPrevious || isPending}
          onClick={onPrevious}
        >
          Previous
        </Button>
        <Button variant="ghost" disabled={!onNext || isPending} onClick={onNext}>
          Next
          <ChevronRight aria-hidden />
        </Button>
      </div>
    </nav>
  )
}
