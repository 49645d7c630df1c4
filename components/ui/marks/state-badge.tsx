import {
  Ban,
  CalendarX,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CircleX,
  Clock,
  Eraser,
  LoaderCircle,
  type LucideIcon,
} from 'lucide-react'
import { cn } from '../class-names'
import { type Tone, toneInk } from '../tone'

const states = {
  active: { word: 'Active', tone: 'good', icon: CircleDot },
  disabled: { word: 'Disabled', tone: 'notice', icon: Ban },
  unknown: { word: 'Unknown', tone: 'quiet', icon: CircleHelp },
  gone: { word: 'Gone', tone: 'quiet', icon: Eraser },
  expired: { word: 'Expired', tone: 'danger', icon: CalendarX },
  revoked: { word: 'Revoked', tone: 'quiet', icon: Ban },
  pending: { word: 'Pending', tone: 'notice', icon: Clock },
  queued: { word: 'Queued', tone: 'notice', icon: Clock },
  running: { word: 'Running', tone: 'notice', icon: LoaderCircle },
  preview: { word: 'Preview', tone: 'notice', icon: CircleDashed },
  applied: { word: 'Applied', tone: 'good', icon: CircleCheck },
  done: { word: 'Done', tone: 'good', icon: CircleCheck },
  partial: { word: 'Partial', tone: 'warning', icon: CircleDashed },
  failed: { word: 'Failed', tone: 'danger', icon: CircleX },
  refused: { word: 'Refused', tone: 'danger', icon: CircleX },
  verified: { word: 'Verified', tone: 'good', icon: CircleCheck },
} satisfies Record<string, { word: string; tone: Tone; icon: LucideIcon }>

export type StateName = keyof typeof states

export interface StateBadgeProps {
  state: StateName
  /** Another word for the same state: "Signed in". */
  word?: string
  className?: string
}

/** A state as icon and word; the colour only helps. */
export function StateBadge({ state, word, className }: StateBadgeProps) {
  const entry = states[state] ?? states.unknown
  const Icon: LucideIcon = entry.icon
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <Icon
        className={cn('size-3.5 shrink-0', toneInk[entry.tone], state === 'running' && 'animate-spin')}
        aria-hidden
      />
      {word ?? entry.word}
    </span>
  )
}
