import type { BulkTx } from '@/lib/platform/db/commit'

/**
 * Turns the owner hints that connectors found (tags, annotations, names) into suggested owners. A hint that is the e-mail
 * address of a member or the name of a team suggests that member or team; any other stays as text for a person to resolve.
 * Suggestions whose hint is gone go too; what a person assigned or confirmed is never touched.
 */
export async function suggestOwners(bulk: BulkTx): Promise<void> {
  await bulk.client.query(
    `CREATE TEMP TABLE hinted ON COMMIT DROP AS
     SELECT DISTINCT ON (identity_id, owner_key) * FROM (
       SELECT i.id AS identity_id, hint->>'from' AS evidence,
         CASE WHEN u.id IS NOT NULL THEN 'user:' || u.id WHEN t.id IS NOT NULL THEN 'team:' || t.id
           ELSE 'hint:' || lower(trim(hint->>'value')) END AS owner_key,
         coalesce(u.name, t.name, trim(hint->>'value')) AS label
       FROM identity i CROSS JOIN LATERAL jsonb_array_elements(i.owner_hints) AS hint
       LEFT JOIN user_account u ON u.email = lower(trim(hint->>'value'))
         AND EXISTS (SELECT FROM membership m WHERE m.org_id = $1 AND m.user_id = u.id AND m.status = 'active')
       LEFT JOIN team t ON t.org_id = $1 AND lower(t.name) = lower(trim(hint->>'value'))
       WHERE i.org_id = $1 AND i.deleted_at IS NULL AND trim(hint->>'value') <> ''
     ) h ORDER BY identity_id, owner_key, evidence`,
    [bulk.orgId],
  )
  await bulk.client.query(
    `DELETE FROM ownership o WHERE o.org_id = $1 AND o.state = 'suggested' AND o.duty = 'technical'
       AND NOT EXISTS (SELECT FROM hinted h WHERE h.identity_id = o.identity_id AND h.owner_key = o.owner_key)`,
    [bulk.orgId],
  )
  await bulk.client.query(
    `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, evidence)
     SELECT $1, identity_id, owner_key, label, 'technical', 'suggested', evidence FROM hinted
     ON CONFLICT (org_id, identity_id, duty, owner_key) DO NOTHING`,
    [bulk.orgId],
  )
  await bulk.client.query(`DROP TABLE hinted`)
}
