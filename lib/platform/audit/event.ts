import { createHash } from 'node:crypto'
import { canonicalize } from 'json-canonicalize'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export interface AuditActor {
  kind: 'user' | 'api_key' | 'job'
  id: string
  label: string
}

/** One link of an organization's chain. `hash` covers every other field, so no column can change unseen. */
export interface AuditEvent {
  orgId: string
  seq: number
  id: string
  /** ISO 8601, UTC, milliseconds. */
  occurredAt: string
  actor: AuditActor
  action: string
  target: { kind: string; id: string; label: string }
  reason: string | null
  decisionId: string | null
  requestId: string | null
  before: Json
  after: Json
  /** Hex SHA-256 of the event before; 64 zeros for the first. */
  prevHash: string
  hash: string
}

export const firstPrevHash = '0'.repeat(64)

/** Hex SHA-256 over the RFC 8785 canonical JSON of the event without its own hash. */
export function hashEvent(event: Omit<AuditEvent, 'hash'>): string {
  const { orgId, seq, id, occurredAt, actor, action, target, reason, decisionId, requestId, before, after, prevHash } =
    event
  return createHash('sha256')
    .update(
      canonicalize({
        orgId,
        seq,
        id,
        occurredAt,
        actor,
        action,
        target,
        reason,
        decisionId,
        requestId,
        before,
        after,
        prevHash,
      }),
    )
    .digest('hex')
}

/**
 * A value as the database will give it back: plain JSON, dates as text, no undefined, no NUL, no lone surrogate.
 * `null` for undefined.
 */
export function toStorableJson(value: unknown): Json {
  if (value === undefined) return null
  return JSON.parse(JSON.stringify(value), (_key, inner: Json) =>
    typeof inner === 'string' ? inner.toWellFormed().replaceAll('\u0000', '\uFFFD') : inner,
  ) as Json
}
