import { randomUUID } from 'node:crypto'
import { type AuditActor, type AuditEvent, firstPrevHash, hashEvent, toStorableJson } from './event'

/** What a use case says of its change; the chain adds who, when, by which decision. */
export interface AuditChange {
  /** `<noun>.<what>.<verb>`: `identity.owner.assign`. */
  action: string
  target: { kind: string; id: string; label: string }
  reason?: string | undefined
  before?: unknown
  after?: unknown
}

export interface AuditDraft extends AuditChange {
  actor: AuditActor
  decisionId: string | null
  requestId: string | null
}

/** The least that an open transaction must offer, so that Prisma and plain pg transactions append alike. */
export type RunSql = (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>

/** Links drafts to the chain's head. Pure but for the ids that it draws. */
export function linkEvents(
  orgId: string,
  head: { seq: number; hash: string },
  drafts: readonly AuditDraft[],
  now: Date,
): AuditEvent[] {
  let { seq, hash: prevHash } = head
  return drafts.map((draft) => {
    seq += 1
    const unsealed = {
      orgId,
      seq,
      id: randomUUID(),
      occurredAt: now.toISOString(),
      actor: { kind: draft.actor.kind, id: draft.actor.id, label: draft.actor.label },
      action: draft.action,
      target: { kind: draft.target.kind, id: draft.target.id, label: draft.target.label },
      reason: draft.reason ?? null,
      decisionId: draft.decisionId,
      requestId: draft.requestId,
      before: toStorableJson(draft.before),
      after: toStorableJson(draft.after),
      prevHash,
    }
    const clean = toStorableJson(unsealed) as unknown as typeof unsealed
    prevHash = hashEvent(clean)
    return { ...clean, hash: prevHash }
  })
}

/**
 * Appends events in the caller's transaction: locks the organization's head, links, inserts all rows with one statement.
 * Call it last, so that the head is locked for as short as possible.
 */
export async function appendEvents(run: RunSql, orgId: string, drafts: readonly AuditDraft[]): Promise<void> {
  await run(`INSERT INTO audit_head (org_id, seq, hash) VALUES ($1::uuid, 0, $2) ON CONFLICT (org_id) DO NOTHING`, [
    orgId,
    firstPrevHash,
  ])
  const [head] = await run(`SELECT seq::text AS seq, hash FROM audit_head WHERE org_id = $1::uuid FOR UPDATE`, [orgId])
  if (!head) throw new Error('the audit head is not visible: the transaction is not set to its organization')
  const events = linkEvents(orgId, { seq: Number(head.seq), hash: String(head.hash) }, drafts, new Date())
  const last = events.at(-1)
  if (!last) return
  await run(
    `INSERT INTO audit_event (org_id, seq, id, occurred_at, actor, actor_key, action, target_kind, target_id, target_label,
       reason, decision_id, request_id, before, after, prev_hash, hash)
     SELECT (e->>'orgId')::uuid, (e->>'seq')::bigint, (e->>'id')::uuid, (e->>'occurredAt')::timestamptz, e->'actor',
       (e->'actor'->>'kind') || ':' || (e->'actor'->>'id'), e->>'action', e->'target'->>'kind', e->'target'->>'id',
       e->'target'->>'label', e->>'reason', e->>'decisionId', e->>'requestId',
       nullif(e->'before', 'null'::jsonb), nullif(e->'after', 'null'::jsonb), e->>'prevHash', e->>'hash'
     FROM jsonb_array_elements($1::jsonb) AS e`,
    [JSON.stringify(events)],
  )
  await run(`UPDATE audit_head SET seq = $2::bigint, hash = $3 WHERE org_id = $1::uuid`, [
    orgId,
    String(last.seq),
    last.hash,
  ])
}
