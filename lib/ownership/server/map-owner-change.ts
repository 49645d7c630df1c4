import { Prisma } from '@/lib/platform/db/generated/client'
import type { OwnerChangeKind } from '../schema'

/** The action that the decision point is asked about. */
export const actionOf = {
  assign: 'assign_owner',
  attest: 'confirm_owner',
  transfer: 'transfer_owner',
  release: 'release_owner',
} as const

/** A bulk change ready to be carried out: who asks for what, and which rows they may see and change. */
export interface ReadyChange {
  change: OwnerChangeKind
  orgId: string
  /** The ids that it is about. */
  target: Prisma.Sql
  /** Predicates on the row `l` of the identities' list. */
  readable: Prisma.Sql
  allowed: Prisma.Sql
  /** The caller's own keys. */
  ownKeys: readonly string[]
  by: string
  /** The owner to be, of an assignment or a transfer. */
  owner: { key: string; label: string } | null
  duty: string
  /** When an assignment lapses, as ISO 8601. */
  validUntil: string | null
  reason: string | null
}

/** Named by a person and valid: what an owner can attest, hand over or give up. */
const answering = Prisma.sql`o.state IN ('assigned', 'confirmed') AND (o.valid_until IS NULL OR o.valid_until > now())`
const stated = Prisma.sql`o.ended_at IS NULL AND ${answering}`

/**
 * What the change would do, row by row, into `pg_temp.owner_plan (identity_id, name, ownership_id, verdict)`. The offset of none keeps
 * each ownership a look-up by its identity: of an owner with very many the planner may not know yet, and would read them all
 * for each identity.
 */
export function planRows(ready: ReadyChange): Prisma.Sql {
  const { orgId, target, readable, allowed } = ready
  const org = Prisma.sql`${orgId}::uuid`
  return Prisma.sql`
    INSERT INTO pg_temp.owner_plan (identity_id, name, ownership_id, verdict)
    SELECT t.id, CASE WHEN l.identity_id IS NULL OR (${readable}) IS NOT TRUE THEN 'unknown' ELSE i.name END, o.id,
      CASE WHEN l.identity_id IS NULL OR (${readable}) IS NOT TRUE THEN 'missing'
        ${ready.change === 'assign' ? assignVerdicts(ready) : ownVerdicts(ready)}
        WHEN (${allowed}) IS NOT TRUE THEN 'forbidden' ELSE 'change' END
    FROM (${target}) t
    LEFT JOIN identity_listing l ON l.org_id = ${org} AND l.identity_id = t.id
    LEFT JOIN identity i ON i.org_id = ${org} AND i.id = t.id
    LEFT JOIN LATERAL (SELECT o.* FROM (${liveOf(orgId)}) o WHERE ${
      ready.change === 'assign'
        ? Prisma.sql`o.duty = ${ready.duty} AND o.owner_key = ${ready.owner?.key ?? ''}`
        : Prisma.sql`${answering} AND o.owner_key = ANY (${[...ready.ownKeys]}::text[])`
    }) o ON true`
}

/** The live ownerships of the identity `t.id`. */
const liveOf = (orgId: string) => Prisma.sql`
  SELECT o.* FROM ownership o WHERE o.org_id = ${orgId}::uuid AND o.identity_id = t.id AND o.ended_at IS NULL OFFSET 0`

function assignVerdicts({ orgId, owner, duty }: ReadyChange): Prisma.Sql {
  const isBackup = duty === 'backup'
  return Prisma.sql`
    WHEN o.state IN ('assigned', 'confirmed') THEN 'already'
    WHEN l.status = 'gone' THEN 'gone'
    WHEN EXISTS (SELECT FROM (${liveOf(orgId)}) b WHERE b.owner_key = ${owner?.key ?? ''} AND b.state <> 'suggested'
      AND (b.duty = 'backup') <> ${isBackup}::boolean) THEN 'is_owner'`
}

function ownVerdicts({ change, owner }: ReadyChange): Prisma.Sql {
  const already =
    change === 'attest'
      ? Prisma.sql`WHEN o.state = 'confirmed' AND o.attested_at > now() - interval '1 hour' THEN 'already'`
      : change === 'transfer'
        ? Prisma.sql`WHEN o.owner_key = ${owner?.key ?? ''} THEN 'already'`
        : Prisma.empty
  return Prisma.sql`WHEN o.id IS NULL THEN 'not_yours' ${already}`
}

/** Carries out the plan; answers the rows that it wrote, as `written (id, identity_id, before)`. */
export function writtenRows(ready: ReadyChange): Prisma.Sql {
  if (ready.change === 'assign') return assignedRows(ready)
  if (ready.change === 'transfer') return transferredRows(ready)
  return Prisma.sql`written AS (
    UPDATE ownership o SET ${
      ready.change === 'attest'
        ? Prisma.sql`state = 'confirmed', confirmed_at = coalesce(o.confirmed_at, now()),
            confirmed_by = coalesce(o.confirmed_by, ${ready.by}), attested_at = now(), attested_by = ${ready.by}`
        : Prisma.sql`ended_at = now(), ended_reason = 'not_mine', ended_by = ${ready.by}, ended_note = ${ready.reason}`
    } ${fromPlan(ready)} AND ${stated} RETURNING o.id, o.identity_id, to_jsonb(old) AS before)`
}

const fromPlan = ({ orgId }: ReadyChange) => Prisma.sql`
  FROM pg_temp.owner_plan p WHERE p.verdict = 'change' AND o.org_id = ${orgId}::uuid AND o.id = p.ownership_id`

function assignedRows(ready: ReadyChange): Prisma.Sql {
  const { orgId, owner, duty, validUntil, by, reason } = ready
  return Prisma.sql`accepted AS (
    UPDATE ownership o SET state = 'assigned', label = ${owner?.label ?? ''}, asserted_by = ${by}, valid_until = ${validUntil}::timestamptz
    ${fromPlan(ready)} AND o.ended_at IS NULL AND o.state = 'suggested' RETURNING o.id, o.identity_id, to_jsonb(old) AS before
  ), made AS (
    INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, evidence, asserted_by, valid_until)
    SELECT ${orgId}::uuid, p.identity_id, ${owner?.key ?? ''}, ${owner?.label ?? ''}, ${duty}, 'assigned', ${reason}, ${by},
      ${validUntil}::timestamptz
    FROM pg_temp.owner_plan p WHERE p.verdict = 'change' AND p.ownership_id IS NULL
    ON CONFLICT (org_id, identity_id, duty, owner_key) WHERE ended_at IS NULL DO NOTHING RETURNING id, identity_id
  ), written AS (SELECT * FROM accepted UNION ALL SELECT id, identity_id, NULL::jsonb FROM made)`
}

function transferredRows(ready: ReadyChange): Prisma.Sql {
  const { orgId, owner, by, reason } = ready
  return Prisma.sql`ended AS (
    UPDATE ownership o SET ended_at = now(), ended_reason = 'transferred', ended_by = ${by}, ended_note = ${reason}
    ${fromPlan(ready)} AND ${stated} RETURNING o.id, o.identity_id, o.duty, o.label, to_jsonb(old) AS before
  ), given AS (
    INSERT INTO ownership AS o (org_id, identity_id, owner_key, label, duty, state, evidence, asserted_by)
    SELECT ${orgId}::uuid, e.identity_id, ${owner?.key ?? ''}, ${owner?.label ?? ''}, e.duty, 'assigned',
      'handed over by ' || min(e.label) || ': ' || ${reason}::text, ${by} FROM ended e GROUP BY e.identity_id, e.duty
    ON CONFLICT (org_id, identity_id, duty, owner_key) WHERE ended_at IS NULL
      DO UPDATE SET state = 'assigned', asserted_by = excluded.asserted_by WHERE o.state = 'suggested'
    RETURNING o.id, o.identity_id, CASE WHEN old.id IS NOT NULL THEN to_jsonb(old) END AS before
  ), written AS (SELECT id, identity_id, before FROM ended UNION ALL SELECT * FROM given)`
}
