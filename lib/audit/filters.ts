import { parseAsString, parseAsStringLiteral } from 'nuqs/server'
import type { AuditFilter } from './schema'

export const sinceChoices = ['1h', '24h', '7d', '30d', '90d'] as const
export type Since = (typeof sinceChoices)[number]

const hours: Record<Since, number> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720, '90d': 2160 }

/** The state of the audit page in its address. `seq` is the event that is open beside the list. */
export const auditParsers = {
  q: parseAsString.withDefault(''),
  actor: parseAsString,
  action: parseAsString,
  targetKind: parseAsString,
  targetId: parseAsString,
  since: parseAsStringLiteral(sinceChoices),
  event: parseAsString,
}

export interface AuditState {
  q: string
  actor: string | null
  action: string | null
  targetKind: string | null
  targetId: string | null
  since: Since | null
}

/** The page's state as the query of the API; relative times are counted from `now`, to the minute. */
export function toFilter(state: AuditState, now: Date): AuditFilter {
  const minute = Math.floor(now.getTime() / 60_000) * 60_000
  return {
    ...(state.q ? { q: state.q } : {}),
    ...(state.actor ? { actor: state.actor } : {}),
    ...(state.action ? { action: state.action } : {}),
    ...(state.targetKind ? { targetKind: state.targetKind } : {}),
    ...(state.targetId ? { targetId: state.targetId } : {}),
    ...(state.since ? { from: new Date(minute - hours[state.since] * 3_600_000).toISOString() } : {}),
  }
}

/** The number of an event as the address gives it; undefined for what can be none. */
export function readSeq(text: string | null): number | undefined {
  const seq = text !== null && /^\d{1,15}$/.test(text) ? Number(text) : 0
  return seq > 0 ? seq : undefined
}
