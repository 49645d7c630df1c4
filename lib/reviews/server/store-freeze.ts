import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { ItemLevel } from '../values'
import { assignPopulation, runSql } from './store-population'

/** What an item's evidence lists at most; it tells how many there are. */
const mostGrants = 10
const mostCredentials = 5
const mostDependents = 10

const held = (c: string) => {
  const of = Prisma.raw(c)
  return Prisma.sql`json_build_object('id', ${of}.id, 'name', ${of}.name, 'type', ${of}.type, 'status', ${of}.status,
    'issuedAt', ${of}.issued_at, 'rotatedAt', ${of}.rotated_at, 'expiresAt', ${of}.expires_at, 'neverExpires', ${of}.never_expires,
    'lastUsedAt', ${of}.last_used_at, 'neverUsed', ${of}.never_used, 'lastFour', ${of}.last_four)`
}

const grant = Prisma.sql`json_build_object('entitlementId', e.id, 'kind', e.kind, 'to', coalesce(t.name, e.to_ref),
  'toKind', coalesce(t.kind, e.to_type), 'environment', t.environment, 'sensitivity', t.effective_sensitivity, 'privilege', e.privilege,
  'scopes', e.scopes[1:20], 'scopeCount', e.scope_count, 'isAllow', e.effect = 'allow', 'condition', e.condition,
  'expiresAt', e.expires_at, 'lastUsedAt', e.last_used_at)`

/** What a grant leads to. */
const target = (org: string) => Prisma.sql`
  LEFT JOIN LATERAL (
    SELECT r.name, r.kind, r.environment, r.effective_sensitivity FROM resource r
      WHERE e.to_type = 'resource' AND r.org_id = ${org}::uuid AND r.id = e.to_id
    UNION ALL SELECT o.name, o.kind, NULL, NULL FROM role o WHERE e.to_type = 'role' AND o.org_id = ${org}::uuid AND o.id = e.to_id
    UNION ALL SELECT n.name, n.kind, n.environment, NULL FROM identity n WHERE e.to_type = 'identity' AND n.org_id = ${org}::uuid AND n.id = e.to_id
  ) t ON true`

const might = Prisma.sql`CASE e.privilege WHEN 'admin' THEN 4 WHEN 'secret_read' THEN 3 WHEN 'write' THEN 2 WHEN 'read' THEN 1 ELSE 0 END`

/**
 * What hangs on the identities, gathered before the items are written: their own grants with a hash of all of them, their credentials,
 * who acts by them, and their last decision. Only the first few are described; all are counted and in the hash.
 */
export async function gatherEvidence(bulk: BulkTx): Promise<void> {
  const org = bulk.orgId
  await bulk.client.query(
    `DROP TABLE IF EXISTS pg_temp.pop_grant, pg_temp.pop_credential, pg_temp.pop_dependent, pg_temp.pop_previous`,
  )
  await bulk.client.query(
    `CREATE TEMP TABLE pop_grant (identity_id uuid, count int, hash uuid, listed json) ON COMMIT DROP;
     CREATE TEMP TABLE pop_credential (identity_id uuid, listed json) ON COMMIT DROP;
     CREATE TEMP TABLE pop_dependent (identity_id uuid, count int, listed json) ON COMMIT DROP;
     CREATE TEMP TABLE pop_previous (identity_id uuid, previous json) ON COMMIT DROP`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.pop_grant
      SELECT e.from_id, max(e.of), md5(string_agg(concat_ws('|', e.kind, e.to_ref, e.privilege, e.effect, e.condition, e.scopes::text), ' '
          ORDER BY e.kind COLLATE "C", e.to_ref COLLATE "C", e.id))::uuid,
        json_agg(${grant} ORDER BY e.place) FILTER (WHERE e.place <= ${mostGrants})
      FROM (
        SELECT e.*, row_number() OVER (PARTITION BY e.from_id ORDER BY ${might} DESC, e.to_ref COLLATE "C", e.id)::int AS place,
          count(*) OVER (PARTITION BY e.from_id)::int AS of
        FROM pg_temp.pop_identity x JOIN entitlement e ON e.org_id = ${org}::uuid AND e.from_id = x.identity_id AND e.deleted_at IS NULL
      ) e ${target(org)} GROUP BY e.from_id`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.pop_credential
      SELECT c.identity_id, json_agg(${held('c')} ORDER BY c.place) FROM (
        SELECT c.*, row_number() OVER (PARTITION BY c.identity_id ORDER BY c.issued_at NULLS FIRST, c.id) AS place
        FROM pg_temp.pop_identity x JOIN credential c ON c.org_id = ${org}::uuid AND c.identity_id = x.identity_id AND c.deleted_at IS NULL
      ) c WHERE c.place <= ${mostCredentials} GROUP BY c.identity_id`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.pop_dependent
      SELECT d.to_id, max(d.of), json_agg(json_build_object('id', d.from_id, 'type', d.from_type, 'name', coalesce(n.name, h.name, r.name, d.from_ref),
          'how', d.kind) ORDER BY d.place) FILTER (WHERE d.place <= ${mostDependents})
      FROM (
        SELECT e.*, row_number() OVER (PARTITION BY e.to_id ORDER BY e.kind, e.from_ref, e.id) AS place, count(*) OVER (PARTITION BY e.to_id)::int AS of
        FROM entitlement e JOIN pg_temp.pop_identity x ON x.identity_id = e.to_id
        WHERE e.org_id = ${org}::uuid AND e.deleted_at IS NULL AND e.effect = 'allow' AND e.from_id IS NOT NULL
          AND e.kind IN ('assumes', 'impersonates', 'runs_as', 'delegates_to')
      ) d
      LEFT JOIN identity n ON d.from_type = 'identity' AND n.org_id = ${org}::uuid AND n.id = d.from_id
      LEFT JOIN human h ON d.from_type = 'human' AND h.org_id = ${org}::uuid AND h.id = d.from_id
      LEFT JOIN resource r ON d.from_type = 'resource' AND r.org_id = ${org}::uuid AND r.id = d.from_id
      WHERE d.place <= ${mostDependents} GROUP BY d.to_id`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.pop_previous
      SELECT DISTINCT ON (v.identity_id) v.identity_id, json_build_object('campaignId', v.campaign_id, 'item', v.no, 'campaign', k.name,
        'outcome', v.outcome, 'by', (SELECT a.by_name FROM review_assignment a WHERE a.org_id = ${org}::uuid AND a.campaign_id = v.campaign_id
          AND a.item_no = v.no AND a.state = 'signed' ORDER BY a.at DESC LIMIT 1), 'at', v.settled_at)
      FROM review_campaign k JOIN review_item v ON v.org_id = ${org}::uuid AND v.campaign_id = k.id AND v.outcome IS NOT NULL
      JOIN pg_temp.pop_identity x ON x.identity_id = v.identity_id
      WHERE k.org_id = ${org}::uuid AND k.level = 'identity' AND k.frozen_at IS NOT NULL ORDER BY v.identity_id, v.settled_at DESC`,
  )
  for (const table of ['pop_grant', 'pop_credential', 'pop_dependent', 'pop_previous'])
    await bulk.client.query(`ANALYZE pg_temp.${table}`)
}

interface Freezing {
  campaignId: string
  level: ItemLevel
  staleAfterDays: number
  aloneFromScore: number | null
}

/** The items with their evidence as a query; `columns` of its row `f`. */
function frozenRows(org: string, { level, staleAfterDays, aloneFromScore }: Freezing): Prisma.Sql {
  const stale = Prisma.sql`now() - make_interval(days => ${staleAfterDays}::int)`
  const joins =
    level === 'credential'
      ? Prisma.sql`JOIN credential c ON c.org_id = ${org}::uuid AND c.id = p.credential_id`
      : level === 'entitlement'
        ? Prisma.sql`JOIN entitlement e ON e.org_id = ${org}::uuid AND e.id = p.entitlement_id ${target(org)}`
        : Prisma.empty
  const used =
    level === 'credential'
      ? Prisma.sql`c.last_used_at AS at, c.never_used AS never`
      : level === 'entitlement'
        ? Prisma.sql`e.last_used_at AS at, false AS never`
        : Prisma.sql`i.last_used_at AS at, i.never_used AS never`
  const subject =
    level === 'credential'
      ? Prisma.sql`c.name`
      : level === 'entitlement'
        ? Prisma.sql`left(coalesce(nullif(array_to_string(e.scopes[1:3], ', '), ''), e.kind), 200) || ' → ' || coalesce(t.name, e.to_ref)`
        : Prisma.sql`NULL::text`
  const own =
    level === 'credential'
      ? Prisma.sql`concat_ws('|', c.type, c.status, c.never_expires, c.expires_at < now(), date_bin('90 days', coalesce(c.rotated_at, c.issued_at), '2020-01-01'))`
      : level === 'entitlement'
        ? Prisma.sql`concat_ws('|', e.kind, e.privilege, e.condition, t.effective_sensitivity, t.kind, t.environment, e.scopes::text)`
        : Prisma.sql`g.hash::text`
  return Prisma.sql`
    SELECT p.no, p.identity_id, p.credential_id, p.entitlement_id, i.source_id, i.name, ${subject} AS subject, l.owner_label, l.score,
      l.privilege_rank, u.usage, r.recommendation,
      md5(concat_ws('/', i.kind, l.environment, l.status, i.source_id, x.sequence, l.owner_state, l.privilege_rank, l.traits, u.usage, r.recommendation,
        l.credential_count, l.never_expires, l.oldest_credential_at < ${stale}, l.next_expiry_at < now(), floor(l.score / 10), i.criticality,
        d.count, ${own}))::uuid AS group_hash,
      ${level === 'identity' ? Prisma.sql`g.hash` : Prisma.sql`md5(${own})::uuid`} AS access_hash,
      coalesce(l.score >= ${aloneFromScore}::real, false) AS is_alone,
      CASE WHEN x.sole IS NULL THEN '{}' ELSE ARRAY[x.sole] END AS sole_owner_ids, x.creators AS creator_ids, x.users AS user_ids,
      json_build_object(
        'identity', json_build_object('id', i.id, 'name', i.name, 'kind', i.kind, 'status', l.status, 'externalId', i.external_id,
          'system', s.system, 'source', s.name, 'environment', l.environment, 'purpose', coalesce(i.description, i.tags ->> 'purpose'),
          'criticality', i.criticality, 'issuedAt', i.issued_at, 'firstSeenAt', i.first_seen_at),
        'credential', ${level === 'credential' ? held('c') : Prisma.sql`NULL`},
        'entitlement', ${level === 'entitlement' ? grant : Prisma.sql`NULL`},
        'owners', x.owners::json,
        'access', json_build_object('privilege', (ARRAY['read', 'write', 'secret_read', 'admin'])[l.privilege_rank],
          'grants', coalesce(g.listed, '[]'::json), 'grantCount', coalesce(g.count, 0)),
        'reach', CASE WHEN sc.identity_id IS NOT NULL THEN json_build_object('score', sc.score, 'identities', sc.identities, 'systems', sc.systems,
          'hours', sc.hours, 'isUnbounded', sc.is_unbounded) END,
        'credentials', json_build_object('count', l.credential_count, 'held', coalesce(h.listed, '[]'::json), 'oldestAt', l.oldest_credential_at,
          'nextExpiryAt', l.next_expiry_at, 'neverExpires', l.never_expires),
        'usage', json_build_object('state', u.usage, 'lastUsedAt', u.at, 'neverUsed', u.never,
          'where', coalesce(i.attributes ->> 'last_used_from', i.attributes ->> 'lastUsedService', i.attributes ->> 'lastUsedFrom')),
        'previous', v.previous, 'changes', NULL,
        'problems', r.problems,
        'dependents', json_build_object('count', coalesce(d.count, 0), 'listed', coalesce(d.listed, '[]'::json), 'sightings', 0),
        'recommendation', json_build_object('decision', r.recommendation, 'reasons', r.reasons)
      ) AS evidence
    FROM pg_temp.pop p
    JOIN identity i ON i.org_id = ${org}::uuid AND i.id = p.identity_id
    JOIN identity_listing l ON l.org_id = ${org}::uuid AND l.identity_id = p.identity_id
    JOIN source s ON s.org_id = ${org}::uuid AND s.id = i.source_id
    JOIN pg_temp.pop_identity x ON x.identity_id = p.identity_id
    ${joins}
    LEFT JOIN identity_score sc ON sc.org_id = ${org}::uuid AND sc.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_grant g ON g.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_credential h ON h.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_dependent d ON d.identity_id = p.identity_id
    LEFT JOIN pg_temp.pop_previous v ON v.identity_id = p.identity_id
    CROSS JOIN LATERAL (SELECT ${used}) w
    CROSS JOIN LATERAL (SELECT w.at, w.never, CASE WHEN w.at IS NULL THEN CASE WHEN w.never THEN 'never' ELSE 'unknown' END
      WHEN w.at < ${stale} THEN 'stale' ELSE 'used' END AS usage OFFSET 0) u
    CROSS JOIN LATERAL (${recommended(staleAfterDays)} OFFSET 0) r`
}

/** What a careful reviewer would do first, with the reasons as sentences. Never more than advice. */
function recommended(staleAfterDays: number): Prisma.Sql {
  const isDead = Prisma.sql`l.status IN ('disabled', 'gone')`
  const isOwned = Prisma.sql`l.owner_state = 'confirmed'`
  return Prisma.sql`SELECT
      CASE WHEN ${isDead} OR u.usage IN ('never', 'stale') THEN 'revoke'
        WHEN u.usage = 'unknown' OR NOT ${isOwned} THEN 'unsure' ELSE 'certify' END AS recommendation,
      to_json(array_remove(ARRAY[
        CASE WHEN l.status = 'disabled' THEN 'It is switched off at its source.' WHEN l.status = 'gone' THEN 'It is gone from its source.' END,
        CASE u.usage WHEN 'never' THEN 'It was never used.' WHEN 'stale' THEN ${`It has not been used for over ${staleAfterDays} days.`}
          WHEN 'unknown' THEN 'Its source does not say when it was used.' ELSE ${`It was used within the last ${staleAfterDays} days.`} END,
        CASE l.owner_state WHEN 'none' THEN 'Nobody answers for it.' WHEN 'left' THEN 'Whoever answered for it has left.'
          WHEN 'suggested' THEN 'Nobody has confirmed an owner.' ELSE 'An owner answers for it.' END
      ], NULL)) AS reasons,
      array_to_json(array_remove(ARRAY[
        CASE WHEN l.owner_state IN ('none', 'left') THEN json_build_object('rule', 'ownership', 'says', 'Nobody answers for it.')::text END,
        CASE WHEN l.next_expiry_at < now() THEN json_build_object('rule', 'expiry', 'says', 'A credential of it has expired.')::text END,
        CASE WHEN l.oldest_credential_at < now() - make_interval(days => o.rotate_after_days)
          THEN json_build_object('rule', 'rotation', 'says', 'Its oldest credential is older than the organization’s rule.')::text END,
        CASE WHEN u.usage IN ('never', 'stale') THEN json_build_object('rule', 'usage', 'says', 'It is not in use.')::text END
      ], NULL)::json[]) AS problems
    FROM organization o WHERE o.id = i.org_id`
}

/**
 * Freezes the items that were chosen, with their evidence and its hash, and gives each to its reviewers. Answers the hashes of the
 * population and of the evidence, both over the items in their order.
 */
export async function freezeItems(
  bulk: BulkTx,
  freezing: Freezing,
): Promise<{ populationHash: string; evidenceHash: string }> {
  const org = bulk.orgId
  const { campaignId } = freezing
  await gatherEvidence(bulk)
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO review_item (org_id, campaign_id, no, identity_id, credential_id, entitlement_id, source_id, name, subject, owner_label,
        score, privilege_rank, usage, recommendation, group_hash, access_hash, is_alone, sole_owner_ids, creator_ids, user_ids, evidence, evidence_hash)
      SELECT ${org}::uuid, ${campaignId}::uuid, f.no, f.identity_id, f.credential_id, f.entitlement_id, f.source_id, f.name, f.subject, f.owner_label,
        f.score, f.privilege_rank, f.usage, f.recommendation, f.group_hash, f.access_hash, f.is_alone, f.sole_owner_ids, f.creator_ids,
        f.user_ids, f.evidence, sha256(convert_to(f.evidence::text, 'UTF8'))
      FROM (${frozenRows(org, freezing)} OFFSET 0) f`,
  )
  await assignPopulation(bulk, campaignId, 1)
  const [hashes] = await runSql<{ population: string; evidence: string }>(
    bulk,
    Prisma.sql`SELECT encode(sha256(string_agg(uuid_send(coalesce(entitlement_id, credential_id, identity_id)), ''::bytea ORDER BY no)), 'hex') AS population,
      encode(sha256(string_agg(evidence_hash, ''::bytea ORDER BY no)), 'hex') AS evidence
      FROM review_item WHERE org_id = ${org}::uuid AND campaign_id = ${campaignId}::uuid`,
  )
  if (!hashes?.population) throw new Error('nothing was frozen')
  return { populationHash: hashes.population, evidenceHash: hashes.evidence }
}

/** What a launch would freeze, without keeping it. */
export async function summarizeItems(
  bulk: BulkTx,
  freezing: Freezing,
): Promise<{
  groups: number
  kinds: { kind: string; items: number }[]
  recommended: { decision: string; items: number }[]
  inUse: number
  alone: number
  populationHash: string
}> {
  await gatherEvidence(bulk)
  const rows = Prisma.sql`(${frozenRows(bulk.orgId, freezing)}) f`
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.pop_summary`)
  await bulk.client.query(
    `CREATE TEMP TABLE pop_summary (no int, kind text, group_hash uuid, usage text, recommendation text, is_alone boolean, subject uuid) ON COMMIT DROP`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.pop_summary SELECT f.no, f.evidence -> 'identity' ->> 'kind', f.group_hash, f.usage, f.recommendation, f.is_alone,
      coalesce(f.entitlement_id, f.credential_id, f.identity_id) FROM ${rows}`,
  )
  const [all] = await runSql<{ groups: number; inUse: number; alone: number; hash: string | null }>(
    bulk,
    Prisma.sql`SELECT count(DISTINCT group_hash)::int AS groups, count(*) FILTER (WHERE usage = 'used')::int AS "inUse",
      count(*) FILTER (WHERE is_alone)::int AS alone, encode(sha256(string_agg(uuid_send(subject), ''::bytea ORDER BY subject)), 'hex') AS hash
      FROM pg_temp.pop_summary`,
  )
  const by = <Key extends string>(column: Key) =>
    runSql<Record<Key, string> & { items: number }>(
      bulk,
      Prisma.sql`SELECT ${Prisma.raw(column)}, count(*)::int AS items FROM pg_temp.pop_summary GROUP BY 1 ORDER BY 2 DESC, 1`,
    )
  const kinds = await by('kind')
  const decided = await by('recommendation')
  return {
    groups: all?.groups ?? 0,
    kinds,
    recommended: decided.map(({ recommendation, items }) => ({ decision: recommendation, items })),
    inUse: all?.inUse ?? 0,
    alone: all?.alone ?? 0,
    populationHash: all?.hash ?? 'empty',
  }
}
