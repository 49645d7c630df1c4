import { CalendarCheck, CircleCheck, CircleDashed, CircleHelp, CircleX, type LucideIcon, Scissors } from 'lucide-react'
import { cn } from '@/components/ui/class-names'
import { type Tone, toneInk } from '@/components/ui/tone'
import { formatDate } from '@/lib/platform/browser/format'
import type { Decision, Outcome } from '@/lib/reviews/values'
import { adviceLabels, decidedLabels, decisionLabels } from './review-words'

export const decisionTones: Record<Decision | Outcome, Tone> = {
  certify: 'good',
  certify_until: 'good',
  reduce: 'notice',
  revoke: 'danger',
  unsure: 'warning',
  keep: 'quiet',
}

export const decisionIcons: Record<Decision | Outcome, LucideIcon> = {
  certify: CircleCheck,
  certify_until: CalendarCheck,
  reduce: Scissors,
  revoke: CircleX,
  unsure: CircleHelp,
  keep: CircleDashed,
}

interface DecisionMarkProps {
  decision: Decision | Outcome | null
  until?: string | null
  /** `done`: what became of it; `advice`: what the evidence recommends; otherwise what was decided. */
  form?: 'said' | 'done' | 'advice'
  /** Words when nothing was decided. */
  none?: string
  className?: string
}

/** A decision as one icon and one word, everywhere the same. */
export function DecisionMark({ decision, until, form = 'said', none = 'Not decided', className }: DecisionMarkProps) {
  if (decision === null) {
    return (
      <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-ink-muted', className)}>
        <CircleDashed className="size-3.5 shrink-0" aria-hidden />
        {none}
      </span>
    )
  }
  const Icon = decisionIcons[decision]
  const labels: Record<string, string> =
    form === 'said' ? decisionLabels : form === 'done' ? decidedLabels : adviceLabels
  const isUntil = decision === 'certify_until' && until
  return (
    <span
      className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', toneInk[decisionTones[decision]], className)}
    >
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {isUntil ? `${form === 'done' ? 'Certified' : 'Certify'} until ${formatDate(until)}` : labels[decision]}
    </span>
  )
}
