import {
  CircleDashed,
  CircleHelp,
  CircleSlash,
  Eraser,
  LogIn,
  type LucideIcon,
  MessageSquareQuote,
  ShieldAlert,
  ShieldCheck,
  ShieldQuestion,
} from 'lucide-react'
import { cn } from '@/components/ui/class-names'
import { toneBorder, toneInk, toneWash } from '@/components/ui/tone'
import type { HopState, RunEffect } from '@/lib/lifecycle/schema'
import { effectVerdicts, hopVerdicts } from './run-words'

const icons: Record<RunEffect | HopState, LucideIcon> = {
  none: CircleDashed,
  open: CircleDashed,
  sent: CircleDashed,
  unknown: CircleHelp,
  not_testable: ShieldQuestion,
  acknowledged: MessageSquareQuote,
  source_says_off: MessageSquareQuote,
  source_says_on: MessageSquareQuote,
  refused: ShieldCheck,
  absent: Eraser,
  already_absent: Eraser,
  dormant: CircleSlash,
  still_allowed: ShieldAlert,
  accepted: LogIn,
}

interface VerdictMarkProps {
  verdict: { of: 'run'; effect: RunEffect } | { of: 'hop'; state: HopState }
  /** In place of the word of the verdict. */
  word?: string
  className?: string
}

/**
 * What has been shown of an access. Solid: it was tried. Dashed: only the source says so. Plain: nothing is known yet. What
 * was asked for is no part of it.
 */
export function VerdictMark({ verdict, word: own, className }: VerdictMarkProps) {
  const { word, certainty, tone } = verdict.of === 'run' ? effectVerdicts[verdict.effect] : hopVerdicts[verdict.state]
  const Icon = icons[verdict.of === 'run' ? verdict.effect : verdict.state]
  return (
    <span
      data-certainty={certainty}
      className={cn(
        'inline-flex h-6 max-w-full items-center gap-1.5 rounded-sm border px-1.5 text-xs whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
        toneInk[tone],
        certainty === 'proved' && cn('border-transparent font-medium', toneWash[tone]),
        certainty === 'told' && cn('border-dashed', toneBorder[tone]),
        certainty === 'open' && 'border-transparent px-0',
        className,
      )}
    >
      <Icon aria-hidden />
      <span className="truncate">{own ?? word}</span>
    </span>
  )
}
