'use client'

import { InfinityIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatDate, formatDateTime, formatIso, formatRelative, type Moment, toMs } from '@/lib/platform/browser/format'
import { useNow } from '@/lib/platform/browser/use-now'
import { cn } from '../class-names'
import { PathIcon } from '../path-icon'

const soonMs = 14 * 86_400_000

export interface ExpiryTextProps {
  /** `null`: it never expires, which is flagged. `undefined`: not known, said as unknown. */
  expiresAt: Moment | null | undefined
  /** Until when no rule asks for an end: an ISO instant. What would be flagged is said calmly, with that day, until then. */
  exceptedUntil?: string | undefined
  /** The date stands beside the time left. */
  hasDate?: boolean
  className?: string
}

export function ExpiryText({ expiresAt, exceptedUntil, hasDate, className }: ExpiryTextProps) {
  const now = useNow()
  const classes = cn(
    'inline-flex max-w-full items-center gap-1.5 overflow-hidden whitespace-nowrap tabular [&_svg]:size-3.5 [&_svg]:shrink-0',
    className,
  )
  const excepted = exceptedUntil && `excepted until ${formatDate(exceptedUntil)}`
  if (expiresAt === null) {
    if (excepted) {
      return (
        <span title={`No expiry, ${excepted}`} className={cn(classes, 'text-ink-muted')}>
          <Excepted words={excepted} isShown={hasDate}>
            no expiry
          </Excepted>
        </span>
      )
    }
    return (
      <span className={cn(classes, 'text-warning-ink')}>
        <InfinityIcon aria-hidden />
        no expiry
      </span>
    )
  }
  const ms = expiresAt === undefined ? undefined : toMs(expiresAt)
  if (expiresAt === undefined || ms === undefined) {
    return <span className={cn(classes, 'text-ink-muted italic')}>unknown</span>
  }
  const isPast = ms <= now
  const isSoon = !isPast && ms - now < soonMs
  const words = isPast ? `expired ${formatRelative(ms, now)}` : formatRelative(ms, now)
  const shared = { dateTime: formatIso(expiresAt), title: formatDateTime(expiresAt) }
  if (!isPast && !isSoon && !hasDate) {
    return (
      <time {...shared} className={cn('tabular truncate', className)} suppressHydrationWarning>
        {words}
      </time>
    )
  }
  if (excepted && (isPast || isSoon)) {
    return (
      <time {...shared} title={`${shared.title}, ${excepted}`} className={cn(classes, 'text-ink-muted')}>
        <Excepted words={excepted} isShown={hasDate}>
          <span suppressHydrationWarning>{words}</span>
          {hasDate ? ` ${formatDate(ms)}` : null}
        </Excepted>
      </time>
    )
  }
  return (
    <time {...shared} className={cn(classes, isPast && 'text-danger-ink', isSoon && 'text-warning-ink')}>
      {isPast || isSoon ? <PathIcon icon={isPast ? 'calendarX' : 'calendarClock'} /> : null}
      <span className="truncate" suppressHydrationWarning>
        {words}
      </span>
      {hasDate ? <span className="text-ink-muted">{formatDate(ms)}</span> : null}
    </time>
  )
}

/** What an exception covers, and until when; where there is no room the title tells the end. */
function Excepted({ words, isShown, children }: { words: string; isShown: boolean | undefined; children: ReactNode }) {
  return (
    <>
      <PathIcon icon="shieldCheck" />
      <span className="truncate">
        {children}
        <span className={isShown ? undefined : 'sr-only'}>, {words}</span>
      </span>
    </>
  )
}
