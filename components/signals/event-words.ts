import type { EventType } from '@/lib/signals/rules'

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'

/** What an event is about, for people. */
export const eventWords: Record<EventType, string> = {
  [`${caep}session-revoked`]: 'Access revoked, identity switched off, grant over',
  [`${caep}credential-change`]: 'Secret revoked',
  [`${caep}token-claims-change`]: 'Owner, sensitivity, grant or policies changed',
  [`${caep}risk-level-change`]: 'Incident begun, changed or over',
} as Record<EventType, string>

/** An event's type without the address before it. */
export const shortType = (type: string): string => type.slice(type.lastIndexOf('/') + 1)
