import { Check } from 'lucide-react'
import { cn } from '../class-names'

export interface VerifiedMarkProps {
  isVerified: boolean
  /** What was verified: "chain", "owner". Completes "verified". */
  what?: string
  /** Word beside the mark; otherwise for assistive technology only. */
  hasLabel?: boolean
  className?: string
}

/** Solid against outlined: told apart at a glance, and without colour. */
export function VerifiedMark({ isVerified, what, hasLabel = true, className }: VerifiedMarkProps) {
  const word = [what, isVerified ? 'verified' : 'not verified'].filter(Boolean).join(' ')
  return (
    <span
      title={hasLabel ? undefined : word}
      className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', className)}
    >
      <span
        aria-hidden
        data-mark
        className={cn(
          'grid size-3.5 shrink-0 place-items-center rounded-full border',
          isVerified ? 'border-good-mark bg-good-mark text-canvas' : 'border-dashed border-line-strong',
        )}
      >
        {isVerified ? <Check className="size-2.5" strokeWidth={4} /> : null}
      </span>
      <span className={cn(!hasLabel && 'sr-only', !isVerified && 'text-ink-muted')}>{word}</span>
    </span>
  )
}
