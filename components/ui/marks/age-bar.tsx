import { cn } from '../class-names'

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
const fills = { unknown: '', within: 'bg-quiet-mark', due: 'bg-warning-mark', over: 'bg-danger-mark' }

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
      : `${ageDays} ${ageDays === 1 ? 'day' : 'days'} old, ${words[standing]} of ${policyDays} days${isExcepted ? `, excepted until ${exceptedUntil.slice(0, 10)}` : ''}`
  return (
    <span title={sentence} className={cn('inline-flex items-center gap-2', className)}>
      <span className="sr-only">{sentence}</span>
      <span aria-hidden data-mark className="relative h-2.5 w-16 shrink-0">
        <span
          className={cn(
            'absolute inset-x-0 top-0.5 h-1.5 overflow-hidden rounded-xs bg-hover ring-1 ring-line ring-inset',
            standing === 'unknown' && 'hatched',
          )}
        >
          <span
            className={cn('absolute inset-y-0 left-0', isExcepted ? fills.within : fills[standing])}
            style={{ width: `${share}%` }}
          />
        </span>
        <span className="absolute inset-y-0 left-1/2 w-px bg-ink-muted" />
        {tick !== undefined && tick >= 0 && tick <= 100 ? (
          <span
            className="absolute -top-px size-0 -translate-x-1/2 border-x-3 border-t-4 border-x-transparent border-t-ink"
            style={{ left: `${tick}%` }}
          />
        ) : null}
      </span>
      {hasLabel ? (
        <span
          aria-hidden
          className={cn(
            'tabular whitespace-nowrap',
            standing === 'over' && !isExcepted && 'text-danger-ink',
            isExcepted && 'text-ink-muted',
            standing === 'unknown' && 'text-ink-muted italic',
          )}
        >
          {ageDays === undefined ? 'unknown' : `${ageDays} d`}
        </span>
      ) : null}
    </span>
  )
}
