/** What may change an answer, as the database notes it in the transaction of the change itself. */
export const changeKinds = [
  ...['revoked', 'revocation_verified', 'credential_revoked', 'restored', 'status', 'owner', 'sensitivity'],
  ...['grant_started', 'grant_ended', 'incident', 'policies'],
] as const

export interface Change {
  id: string
  at: Date
  kind: string
  /** Null: it is about all of them. */
  subject: { type: 'identity' | 'user' | 'resource'; id: string } | null
  detail: Readonly<Record<string, unknown>>
}

/** Up to where a reader has read: what `from` did not see and `to` does, behind `after`; without `to` all that is there now. */
export interface Cursor {
  from: string
  to: string | null
  after: string
  /** In milliseconds. */
  at: number
}

const snapshot = /^\d{1,20}:\d{1,20}:(\d{1,20}(,\d{1,20})*)?$/

/** A cursor as text that callers hand back unread. */
export const writeCursor = ({ from, to, after, at }: Cursor): string =>
  Buffer.from(JSON.stringify([from, to, after, at])).toString('base64url')

/** @returns undefined for what is no cursor of ours */
export function readCursor(text: string): Cursor | undefined {
  if (text.length > 8000) return undefined
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
  if (!Array.isArray(parts) || parts.length !== 4) return undefined
  const [from, to, after, at] = parts as unknown[]
  const isSnapshot = (value: unknown) => typeof value === 'string' && snapshot.test(value)
  if (!isSnapshot(from) || !(to === null || isSnapshot(to)) || !Number.isSafeInteger(at)) return undefined
  if (typeof after !== 'string' || !/^\d{1,19}$/.test(after)) return undefined
  return { from: from as string, to: to as string | null, after, at: at as number }
}

const caep = 'https://schemas.openid.net/secevent/caep/event-type/'
export const verificationEvent = 'https://schemas.openid.net/secevent/ssf/event-type/verification'
export const eventTypes = [
  `${caep}session-revoked`,
  `${caep}credential-change`,
  `${caep}token-claims-change`,
  `${caep}risk-level-change`,
] as const
export type EventType = (typeof eventTypes)[number]

/** One event of a security event token: its type, whom it is about, and what it says. */
export interface SignalEvent {
  type: string
  subject: Record<string, unknown>
  body: Record<string, unknown>
  /** Which change it tells of. */
  transaction: string
}

const credentialTypes: Readonly<Record<string, string>> = { certificate: 'x509' }
const severities: Readonly<Record<string, string>> = { sev1: 'HIGH', sev2: 'HIGH', sev3: 'MEDIUM', sev4: 'LOW' }

/**
 * A change in the words of CAEP 1.0. Whoever may do nothing more has their session revoked; a grant is a session of its own. What makes
 * an answer merely different changes claims.
 */
export function eventOf(orgId: string, { id, at, kind, subject, detail }: Change): SignalEvent {
  const opaque = (value: string) => ({ format: 'opaque', id: value })
  const tenant = { format: 'complex', tenant: opaque(orgId) }
  const member = subject === null ? {} : { [subject.type === 'resource' ? 'resource' : 'user']: opaque(subject.id) }
  const common = (initiator: string, reason: string) => ({
    ...{ event_timestamp: Math.floor(at.getTime() / 1000), initiating_entity: initiator },
    reason_admin: { en: reason },
  })
  const event = (type: string, body: Record<string, unknown>, session?: unknown): SignalEvent => ({
    type: `${caep}${type}`,
    subject: { ...tenant, ...member, ...(typeof session === 'string' ? { session: opaque(session) } : {}) },
    ...{ body, transaction: id },
  })
  const claims = (initiator: string, reason: string, changed: Record<string, unknown>) =>
    event('token-claims-change', { ...common(initiator, reason), claims: changed })
  switch (kind) {
    case 'revoked':
      return event(
        'session-revoked',
        common('admin', 'Its access was revoked: every question about it is answered no.'),
      )
    case 'revocation_verified':
      return event('session-revoked', common('system', 'Its access is gone: a try at the source was refused.'))
    case 'credential_revoked': {
      const type = String(detail.credential_type ?? 'credential')
      return event('credential-change', {
        ...common('admin', 'A secret of its was revoked: a try with it was refused.'),
        ...{ credential_type: credentialTypes[type] ?? type.replaceAll('_', '-'), change_type: 'revoke' },
      })
    }
    case 'status':
      return detail.after === 'active'
        ? claims('system', 'It is switched on at its source.', { status: 'active' })
        : event('session-revoked', common('system', `It is ${String(detail.after)} at its source.`))
    case 'restored':
      return claims('admin', 'Its revocation was taken back.', { revoked: false })
    case 'grant_started':
      return claims('admin', 'A grant of its holds.', { grant: detail.grant, grant_state: 'active' })
    case 'grant_ended': {
      const initiator = detail.reason === 'expired' ? 'policy' : 'admin'
      return event('session-revoked', common(initiator, 'A grant of its is over.'), detail.grant)
    }
    case 'sensitivity':
      return claims('admin', 'How sensitive it is has changed.', { sensitivity: detail.after ?? null })
    case 'owner':
      return claims('admin', 'Who answers for it has changed.', { owner_changed_at: Math.floor(at.getTime() / 1000) })
    case 'incident': {
      const isOpen = detail.state === 'open'
      return event('risk-level-change', {
        ...common('admin', isOpen ? `An incident is open: ${String(detail.severity)}.` : 'An incident has ended.'),
        ...{ principal: 'TENANT', current_level: isOpen ? (severities[String(detail.severity)] ?? 'HIGH') : 'LOW' },
        risk_reason: isOpen ? 'INCIDENT_OPEN' : 'INCIDENT_ENDED',
      })
    }
    default:
      return claims('admin', 'The policies that answer have changed.', { policy_version: detail.version ?? null })
  }
}

/** In seconds: after how many failed tries it is tried again when. */
const waits = [5, 30, 120, 600, 1800, 7200, 18_000, 36_000]
export const mostAttempts = waits.length + 1

/** When to try again after so many failed tries; null = not any more. @param spread from 0 to 1: so that not all come at once */
export function retryAfterSeconds(attempts: number, asked: number | undefined, spread: number): number | null {
  const wait = waits[attempts - 1]
  if (wait === undefined) return null
  return Math.min(86_400, Math.max(wait * (1 + spread / 5), asked ?? 0))
}
