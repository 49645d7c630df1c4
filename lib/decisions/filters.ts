import { parseAsString, parseAsStringLiteral } from 'nuqs'
import type { DecisionFilter } from './schema'

export const sinceChoices = ['15m', '1h', '24h', '7d', '30d'] as const
export type Since = (typeof sinceChoices)[number]
export const outcomes = ['allowed', 'denied'] as const
export type Outcome = (typeof outcomes)[number]

const minutes: Record<Since, number> = { '15m': 15, '1h': 60, '24h': 1440, '7d': 10_080, '30d': 43_200 }

/** The state of the page in its address. `decision` is the answer that is open beside the list. */
export const decisionParsers = {
  subject: parseAsString.withDefault(''),
  resource: parseAsString,
  action: parseAsString,
  reason: parseAsString,
  caller: parseAsString,
  outcome: parseAsStringLiteral(outcomes),
  since: parseAsStringLiteral(sinceChoices),
  decision: parseAsString,
}

export interface DecisionState {
  subject: string
  resource: string | null
  action: string | null
  reason: string | null
  caller: string | null
  outcome: Outcome | null
  since: Since | null
}

/** The page's state as the query of the API; relative times are counted from `now`, to the minute. */
export function toFilter(state: DecisionState, now: Date): DecisionFilter {
  const minute = Math.floor(now.getTime() / 60_000) * 60_000
  const { subject, resource, action, reason, caller, outcome, since } = state
  return {
    ...(subject.trim() ? { subject: subject.trim() } : {}),
    ...(resource ? { resource } : {}),
    ...(action ? { action } : {}),
    ...(reason ? { reason } : {}),
    ...(caller ? { caller } : {}),
    ...(outcome ? { outcome } : {}),
    ...(since ? { from: new Date(minute - minutes[since] * 60_000).toISOString() } : {}),
  }
}
