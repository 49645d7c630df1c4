import Link from 'next/link'
import type { ReactNode } from 'react'
import { formatNumber } from '@/lib/platform/browser/format'
import { cn } from '../ui/class-names'

export interface Segment {
  id: string
  label: string
  value: number
  /** A background class of the tokens: `bg-privilege-admin`, `bg-system-3`, `bg-quiet-mark`. */
  colour: string
  /** The list that holds exactly these. */
  href?: string
  icon?: ReactNode
}

export interface SegmentBarProps {
  label: string
  segments: Segment[]
  className?: string
}

/** A whole split into its parts: one bar, and beneath it the same figures as a list of links. */
export function SegmentBar({ label, segments, className }: SegmentBarProps) {
  const total = segments.reduce((sum, segment) => sum + segment.value, 0)
  return (
    <figure aria-label={label} className={cn('flex flex-col gap-2.5', className)}>
      <div aria-hidden data-mark className="flex h-2.5 gap-px overflow-hidden rounded-xs bg-hover">
        {segments
          .filter((segment) => segment.value > 0)
          .map((segment) => (
            <span
              key={segment.id}
              title={`${segment.label}: ${formatNumber(segment.value)}`}
              className={cn('min-w-1', segment.colour)}
              style={{ flexGrow: segment.value, flexBasis: 0 }}
            />
          ))}
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-0.5">
        {segments.map((segment) => (
          <li key={segment.id}>
            <SegmentName segment={segment} total={total} />
          </li>
        ))}
      </ul>
    </figure>
  )
}

function SegmentName({ segment, total }: { segment: Segment; total: number }) {
  const share = total > 0 ? Math.round((segment.value / total) * 100) : 0
  const content = (
    <>
      <span aria-hidden data-mark className={cn('size-2 shrink-0 rounded-xs', segment.colour)} />
      {segment.icon}
      <span>{segment.label}</span>
      <span className="tabular font-medium">{formatNumber(segment.value)}</span>
      <span className="tabular text-ink-muted">{share > 0 || segment.value === 0 ? share : '<1'}%</span>
    </>
  )
  const classes = 'inline-flex h-6 items-center gap-1.5 text-sm [&_svg]:size-3.5'
  return segment.href ? (
    <Link href={segment.href} className={cn(classes, 'rounded-sm hover:underline')}>
      {content}
    </Link>
  ) : (
    <span className={classes}>{content}</span>
  )
}
