'use client'

import { Clock } from 'lucide-react'
import { cn } from '@/components/ui/class-names'
import { toneInk } from '@/components/ui/tone'
import { formatIso, formatRelative } from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import { inZone } from './review-words'

const dayMs = 86_400_000

interface TimeLeftProps {
  at: string | null
  timeZone: string
  /** The date stands beside it; otherwise it is the title. */
  hasDate?: boolean
  className?: string
}

/** How long there is until a deadline, and the deadline in the campaign's own time zone. */
export function TimeLeft({ at, timeZone, hasDate, className }: TimeLeftProps) {
  const now = useNow()
  if (at === null) return <span className={cn('text-ink-muted', className)}>no deadline yet</span>
  const left = Date.parse(at) - now
  const tone = left < 0 ? 'danger' : left < 2 * dayMs ? 'warning' : 'quiet'
  return (
    <time
      dateTime={formatIso(at)}
      title={inZone(at, timeZone)}
      className={cn('tabular inline-flex flex-wrap items-center gap-x-1.5 align-bottom', className)}
    >
      <span className={cn('inline-flex items-center gap-1 whitespace-nowrap', toneInk[tone])} suppressHydrationWarning>
        <Clock className="size-3.5 shrink-0" aria-hidden />
        {left < 0 ? 'deadline passed' : `ends ${formatRelative(at, now)}`}
      </span>
      {hasDate ? <span className="text-ink-muted">{inZone(at, timeZone)}</span> : null}
    </time>
  )
}
