import type { Tone } from '@/components/ui/tone'
import type { Use } from '@/lib/break-glass/schema'
import type { UseState, Verdict } from '@/lib/break-glass/values'

export const stateLabels: Record<UseState, string> = {
  waiting: 'Waits for a second person',
  invoked: 'Being given',
  active: 'Active',
  to_review: 'To be reviewed',
  reviewed: 'Reviewed',
  void: 'Nothing was given',
}

export const stateTones: Record<UseState, Tone> = {
  waiting: 'warning',
  invoked: 'danger',
  active: 'danger',
  to_review: 'warning',
  reviewed: 'quiet',
  void: 'quiet',
}

export const verdictLabels: Record<Verdict, string> = {
  justified: 'Justified',
  unjustified: 'Not justified',
  inconclusive: 'It cannot be told',
}

export const verdictTones: Record<Verdict, Tone> = { justified: 'good', unjustified: 'danger', inconclusive: 'warning' }

/** Those that stand in the banner: they go on, or their review is overdue. */
const isShown = ({ state, isOverdue }: Use) => ['waiting', 'invoked', 'active'].includes(state) || isOverdue

/** What a banner was drawn from. */
export const keyOfUses = (uses: readonly Use[]): string =>
  uses
    .filter(isShown)
    .map(({ id, state, seenBy, isOverdue }) => [id, state, seenBy, isOverdue].join(':'))
    .sort()
    .join(' ')
