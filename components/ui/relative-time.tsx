'use client'

import {
  formatAgo,
  formatDate,
  formatDateTime,
  formatIso,
  formatRelative,
  type Moment,
  toMs,
} from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import { cn } from './class-names'

export interface RelativeTimeProps {
  /** `null`: it never happened. `undefined`: not known. The two are worded differently. */
  at: Moment | null | undefined
  /** The word for `null`: "never". */
  never?: string
  /** It is still to come. Otherwise it has happened, whatever the clock of this computer says. */
  isAhead?: boolean
  /** The date stands beside the relative time; otherwise it is the title. */
  hasDate?: boolean
  /** Date and time of day in UTC stand beside the relative time. */
  hasTime?: boolean
  className?: string
}

export function RelativeTime({ at, never = 'never', isAhead, hasDate, hasTime, className }: RelativeTimeProps) {
  const now = useNow()
  if (at === null) return <span className={cn('text-ink-muted', className)}>{never}</span>
  if (at === undefined || toMs(at) === undefined) {
    return <span className={cn('text-ink-muted italic', className)}>unknown</span>
  }
  const words = isAhead ? formatRelative(at, now) : formatAgo(at, now)
  const shared = {
    dateTime: formatIso(at),
    title: formatDateTime(at),
    className: cn('tabular whitespace-nowrap', className),
  }
  if (!hasTime && !hasDate) {
    return (
      <time {...shared} suppressHydrationWarning>
        {words}
      </time>
    )
  }
  return (
    <time {...shared}>
      <span suppressHydrationWarning>{words}</span>
      {hasTime ? (
        <span className="ml-1.5 text-ink-muted">{formatDateTime(at)}</span>
      ) : hasDate ? (
        <span className="ml-1.5 text-ink-muted">{formatDate(at)}</span>
      ) : null}
    </time>
  )
}
