import { hintSources, sourceConfidence } from '@/lib/ownership/rules'
import type { BulkTx } from '@/lib/platform/db/commit'
import type { LinkScope } from '@/lib/platform/db/touched'

/**
 * Turns the owner hints that connectors found (tags, annotations, names) into suggested owners. A hint that is the e-mail
 * address of a member or the name of a team suggests that member or team; any other stays as text for a person to resolve.
 * Suggestions whose hint is gone end; what a person assigned or confirmed is never touched. For all identities, or for
 * those that this transaction touched and those whose hints have come to mean somebody else since.
 */
export async function suggestOwners(bulk: BulkTx, scope: LinkScope): Promise<void> {
  if (scope === 'touched') await touchOutdated(bulk)
  const subjects =
    scope === 'all'
      ? `SELECT id FROM identity WHERE org_id = $1`
      : `SELECT DISTINCT id FROM pg_temp.touched WHERE record_type = 'identity'`
  await bulk.client.query(`DROP TABLE IF EXISTS pg_temp.subject, pg_temp.hinted`)
  await bulk.client.query(`CREATE TEMP TABLE subject (id uuid PRIMARY KEY) ON COMMIT DROP`)
  await bulk.client.query(
    `INSERT INTO pg_temp.subject SELECT s.id FROM (${subjects}) s JOIN identity i ON i.org_id = $1 AND i.id = s.id
     WHERE i.owner_hints <> '[]'
       OR EXISTS (SELECT FROM ownership o WHERE o.org_id = $1 AND o.identity_id = s.id AND o.ended_at IS NULL)`,
    [bulk.orgId],
  )
  await bulk.client.query(`ANALYZE pg_temp.subject`)
  await bulk.client.query(
    `CREATE TEMP TABLE hinted ON COMMIT DROP AS
     WITH people AS MATERIALIZED (
       SELECT u.id, u.email, u.name FROM membership m JOIN user_account u ON u.id = m.user_id
       WHERE m.org_id = ${bulk.client.escapeLiteral(bulk.orgId)} AND m.status = 'active'
     ), teams AS MATERIALIZED (
       SELECT t.id, lower(t.name) AS key, t.name FROM team t WHERE t.org_id = ${bulk.client.escapeLiteral(bulk.orgId)}
     )
     SELECT DISTINCT ON (identity_id, owner_key) * FROM (
       SELECT i.id AS identity_id, hint->>'from' AS evidence,
         CASE WHEN u.id IS NOT NULL THEN 'user:' || u.id WHEN t.id IS NOT NULL THEN 'team:' || t.id
           ELSE 'hint:' || lower(trim(hint->>'value')) END AS owner_key,
         coalesce(u.name, t.name, trim(hint->>'value')) AS label
       FROM pg_temp.subject s JOIN identity i ON i.org_id = ${bulk.client.escapeLiteral(bulk.orgId)} AND i.id = s.id
       CROSS JOIN LATERAL jsonb_array_elements(i.owner_hints) AS hint
       LEFT JOIN people u ON u.email = lower(trim(hint->>'value'))
       LEFT JOIN teams t ON t.key = lower(trim(hint->>'value'))
       WHERE i.deleted_at IS NULL AND trim(hint->>'value') <> ''
     ) h ORDER BY identity_id, owner_key, evidence`,
  )
  await bulk.client.query(
    `UPDATE ownership o SET ended_at = now(), ended_reason = 'withdrawn' FROM pg_temp.subject s
     WHERE o.org_id = $1 AND o.identity_id = s.id AND o.ended_at IS NULL AND o.state = 'suggested' AND o.duty = 'technical'
       AND NOT EXISTS (SELECT FROM pg_temp.hinted h WHERE h.identity_id = o.identity_id AND h.owner_key = o.owner_key)`,
    [bulk.orgId],
  )
  await bulk.client.query(
    `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, source, confidence, evidence)
     SELECT $1, h.identity_id, h.owner_key, h.label, 'technical', 'suggested', k.source, k.confidence, h.evidence
     FROM pg_temp.hinted h CROSS JOIN LATERAL (
       SELECT source, confidence FROM unnest($2::text[], $3::text[], $4::int[]) WITH ORDINALITY AS k (prefix, source, confidence, no)
       WHERE starts_with(coalesce(h.evidence, ''), k.prefix) ORDER BY k.no LIMIT 1
     ) k ON CONFLICT (org_id, identity_id, duty, owner_key) WHERE ended_at IS NULL DO NOTHING`,
    [
      bulk.orgId,
      hintSources.map(({ prefix }) => prefix),
      hintSources.map(({ source }) => source),
      hintSources.map(({ source }) => sourceConfidence[source]),
    ],
  )
}

/**
 * Adds to `touched` the identities whose suggestion rests on a hint that now names a member or a team, and those whose
 * suggested person is no longer an active member.
 */
async function touchOutdated(bulk: BulkTx): Promise<void> {
  await bulk.client.query(
    `INSERT INTO pg_temp.touched (pass, record_type, id, action)
     SELECT 0, 'identity', o.identity_id, 'changed' FROM ownership o JOIN (
       SELECT 'hint:' || u.email AS owner_key FROM membership m JOIN user_account u ON u.id = m.user_id
       WHERE m.org_id = $1 AND m.status = 'active'
       UNION SELECT 'hint:' || lower(t.name) FROM team t WHERE t.org_id = $1
       UNION SELECT 'user:' || m.user_id FROM membership m WHERE m.org_id = $1 AND m.status <> 'active'
     ) k ON k.owner_key = o.owner_key
     WHERE o.org_id = $1 AND o.ended_at IS NULL AND o.state = 'suggested' AND o.duty = 'technical'`,
    [bulk.orgId],
  )
}
