import type { CSSProperties } from 'react'
import { formatDate } from '@/lib/platform/browser/format'
import { cn } from '../class-names'
import { PathIcon } from '../path-icon'

export interface AgeBarProps {
  /** Whole days since it was made or last rotated. `undefined`: not known. */
  ageDays: number | undefined
  /** The age at which the policy wants it replaced. The bar is full at twice that. */
  policyDays: number
  /** Days until it expires; drawn as a tick when it falls on the scale. `null`: it never does. */
  expiresInDays?: number | null
  /** Until when the policy does not hold for it: an ISO instant. Nothing is asked of it until then. */
  exceptedUntil?: string | undefined
  /** With the number beside the bar. */
  hasLabel?: boolean
  className?: string
}

/** Where an age stands against its policy. Pure. */
export function ageStanding(ageDays: number | undefined, policyDays: number): 'unknown' | 'within' | 'due' | 'over' {
  if (ageDays === undefined) return 'unknown'
  if (ageDays > policyDays) return 'over'
  return ageDays > policyDays * 0.8 ? 'due' : 'within'
}

const words = { unknown: 'age unknown', within: 'within policy', due: 'due soon', over: 'over policy' }
const fills = {
  unknown: '',
  within: 'before:bg-quiet-mark',
  due: 'before:bg-warning-mark',
  over: 'before:bg-danger-mark',
}

/** Age as a bar against its policy: the notch in the middle is the policy, a tick is the expiry. */
export function AgeBar({ ageDays, policyDays, expiresInDays, exceptedUntil, hasLabel, className }: AgeBarProps) {
  const standing = ageStanding(ageDays, policyDays)
  const isExcepted = exceptedUntil !== undefined && standing !== 'unknown'
  const span = policyDays * 2
  const share = Math.min(100, ((ageDays ?? 0) / span) * 100)
  const tick =
    ageDays !== undefined && typeof expiresInDays === 'number' ? ((ageDays + expiresInDays) / span) * 100 : undefined
  const sentence =
    ageDays === undefined
      ? 'Age unknown'
      : `${ageDays} ${ageDays === 1 ? 'day' : 'days'} old, ${words[standing]} of ${policyDays} days${isExcepted ? `, excepted until ${formatDate(exceptedUntil)}` : ''}`
  return (
    <span
      role="img"
      aria-label={sentence}
      title={sentence}
      className={cn(
        'tabular inline-flex items-center gap-2 whitespace-nowrap',
        hasLabel && standing === 'over' && !isExcepted && 'text-danger-ink',
        hasLabel && isExcepted && 'text-ink-muted',
        hasLabel && standing === 'unknown' && 'text-ink-muted italic',
        className,
      )}
    >
      <span
        data-mark
        style={{ '--share': `${share}%` } as CSSProperties}
        className={cn(
          'relative h-1.5 w-16 shrink-0 rounded-xs bg-hover ring-1 ring-line ring-inset',
          'before:absolute before:inset-y-0 before:left-0 before:w-(--share) before:rounded-xs',
          'after:absolute after:-inset-y-0.5 after:left-1/2 after:w-px after:bg-ink-muted',
          standing === 'unknown' && 'hatched',
          isExcepted ? fills.within : fills[standing],
        )}
      >
        {tick !== undefined && tick >= 0 && tick <= 100 ? (
          <span
            className="absolute -top-0.75 size-0 -translate-x-1/2 border-x-3 border-t-4 border-x-transparent border-t-ink"
            style={{ left: `${tick}%` }}
          />
        ) : null}
      </span>
      {hasLabel ? (ageDays === undefined ? 'unknown' : `${ageDays} d`) : null}
      {isExcepted && standing !== 'within' ? <PathIcon icon="shieldCheck" className="-ml-1 size-3 shrink-0" /> : null}
    </span>
  )
}
