import type { Measures } from '../remedies'
import type { QualityRules } from '../templates'
import type { QualityFlag } from '../values'

/** What of a reviewer's batch wants a second look. Few decisions say nothing: shares count from `leastItems` on. */
export function flagsOf(measures: Measures, rules: QualityRules): QualityFlag[] {
  const isEnough = measures.decisions >= rules.leastItems
  const isSingly = measures.decisions - measures.bulkDecisions >= rules.leastItems
  const above = (value: number | null, bound: number) => isEnough && value !== null && value > bound
  const { medianSeconds, openedPercent, notes } = measures
  return [
    ...(isSingly && medianSeconds !== null && medianSeconds < rules.minSeconds ? (['too_fast'] as const) : []),
    ...(above(measures.certifiedPercent, rules.approveAllPercent) ? (['approves_all'] as const) : []),
    ...(isSingly && openedPercent !== null && openedPercent < rules.openedPercent
      ? (['evidence_unopened'] as const)
      : []),
    ...(above(measures.nearDeadlinePercent, rules.nearDeadlinePercent) ? (['near_deadline'] as const) : []),
    ...(notes >= 5 && above(measures.identicalNotesPercent, rules.identicalNotesPercent)
      ? (['identical_notes'] as const)
      : []),
    ...(measures.notIndependent > 0 ? (['not_independent'] as const) : []),
    ...(measures.reversedIn30Days > 0 ? (['reversed'] as const) : []),
  ]
}

const rounded = (value: number | null) => (value === null ? 'an unknown number' : String(Math.round(value * 10) / 10))

/** Why, as a sentence. */
export function sayFlag(flag: QualityFlag, measures: Measures): string {
  const says: Record<QualityFlag, string> = {
    too_fast: `Half of the decisions took ${rounded(measures.medianSeconds)} seconds or less.`,
    approves_all: `${rounded(measures.certifiedPercent)} % were certified.`,
    evidence_unopened: `The evidence was opened for ${rounded(measures.openedPercent)} % of what was decided singly.`,
    near_deadline: `${rounded(measures.nearDeadlinePercent)} % were decided in the last hour before the deadline.`,
    identical_notes: `${rounded(measures.identicalNotesPercent)} % of the notes have the same text.`,
    not_independent: `${measures.notIndependent} were certified by somebody who owns, made or uses it.`,
    reversed: `${measures.reversedIn30Days} were decided the other way, or taken back, within 30 days.`,
  }
  return says[flag]
}
