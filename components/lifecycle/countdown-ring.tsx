import { cn } from '@/components/ui/class-names'
import { formatDateTime, formatIso } from '@/lib/platform/browser/format'
import { countdownWords } from './run-words'

interface CountdownRingProps {
  /** What ends: "Can be restored for". */
  label: string
  from: string
  until: string
  /** The server's present. */
  now: number
  /** Words when it is over. */
  over: string
  tone?: 'notice' | 'warning' | 'good'
}

const strokes = { notice: 'stroke-notice-mark', warning: 'stroke-warning-mark', good: 'stroke-good-mark' }
const radius = 15
const round = 2 * Math.PI * radius

/** Time that runs out, as a ring that empties and in words. */
export function CountdownRing({ label, from, until, now, over, tone = 'notice' }: CountdownRingProps) {
  const [start, end] = [Date.parse(from), Date.parse(until)]
  const left = Math.max(0, end - now)
  const share = end > start ? Math.min(1, left / (end - start)) : 0
  const isOver = left === 0
  return (
    <div className="flex items-center gap-2.5">
      <svg viewBox="0 0 36 36" className="size-9 shrink-0 -rotate-90" aria-hidden data-mark>
        <circle cx="18" cy="18" r={radius} strokeWidth="3" className="fill-none stroke-line" />
        <circle
          cx="18"
          cy="18"
          r={radius}
          strokeWidth="3"
          strokeDasharray={`${share * round} ${round}`}
          className={cn('fill-none transition-[stroke-dasharray] duration-500', strokes[tone])}
        />
      </svg>
      <div className="min-w-0">
        <p className="text-xs text-ink-muted">{isOver ? over : label}</p>
        <time
          dateTime={formatIso(until)}
          title={formatDateTime(until)}
          className="tabular block text-base font-medium"
          role="timer"
          aria-live="off"
        >
          {isOver ? formatDateTime(until) : countdownWords(left)}
        </time>
      </div>
    </div>
  )
}
