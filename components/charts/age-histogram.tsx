import Link from 'next/link'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { cn } from '../ui/class-names'

export interface AgeBucket {
  id: string
  /** "0–30 d", "over 2 y", "unknown". */
  label: string
  value: number
  standing: 'within' | 'due' | 'over' | 'unknown'
  href?: string
}

export interface AgeHistogramProps {
  label: string
  buckets: AgeBucket[]
  /** `['credential', 'credentials']`. */
  noun: [singular: string, plural: string]
  className?: string
}

const fills = { within: 'bg-quiet-mark', due: 'bg-warning-mark', over: 'bg-danger-mark', unknown: 'hatched' }
const words = { within: 'within policy', due: 'due soon', over: 'over policy', unknown: 'not known' }

/** How old things are, bucket by bucket, over a graduated base line. Every column is a link to its list. */
export function AgeHistogram({ label, buckets, noun, className }: AgeHistogramProps) {
  const full = Math.max(1, ...buckets.map((bucket) => bucket.value))
  return (
    <ul aria-label={label} className={cn('flex items-end', className)}>
      {buckets.map((bucket) => {
        const content = (
          <>
            <span aria-hidden className={cn('tabular text-xs', bucket.value === 0 ? 'text-ink-faint' : 'text-ink')}>
              {formatNumber(bucket.value)}
            </span>
            <span aria-hidden className="graduated flex h-16 w-full items-end justify-center px-1 pb-px">
              <span
                data-mark
                className={cn('w-full max-w-12 rounded-t-xs', fills[bucket.standing])}
                style={{ height: bucket.value > 0 ? `max(2px, ${(bucket.value / full) * 100}%)` : 0 }}
              />
            </span>
            <span aria-hidden className="text-xs whitespace-nowrap text-ink-muted">
              {bucket.label}
            </span>
            <span className="sr-only">
              {bucket.label}: {formatCount(bucket.value, ...noun)}, {words[bucket.standing]}
            </span>
          </>
        )
        const classes = 'flex min-w-0 flex-col items-center gap-1 py-1'
        return (
          <li key={bucket.id} className="min-w-0 flex-1">
            {bucket.href ? (
              <Link href={bucket.href} className={cn(classes, 'rounded-sm hover:bg-hover')}>
                {content}
              </Link>
            ) : (
              <span className={classes}>{content}</span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
