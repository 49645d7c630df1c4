import type { BulkTx } from '@/lib/platform/db/commit'

/**
 * Works out, for every identity of the organization, the columns that lists sort and filter by: how many live credentials,
 * the oldest, the next to expire, the highest privilege it holds by itself (its own grants and those of its roles and of the
 * account that it runs as), and whether anybody owns it. Set-wise; rows that stay the same are not written.
 */
export async function updateStanding(bulk: BulkTx): Promise<void> {
  await bulk.client.query(
    `WITH RECURSIVE held (node_id, rank) AS (
       SELECT e.from_id, max(array_position('{read,write,secret_read,admin}'::text[], e.privilege))
       FROM entitlement e WHERE e.org_id = $1 AND e.kind = 'grants' AND e.effect = 'allow' AND e.deleted_at IS NULL
         AND e.from_id IS NOT NULL AND e.privilege IS NOT NULL AND (e.expires_at IS NULL OR e.expires_at > now())
       GROUP BY e.from_id
       UNION
       SELECT e.from_id, h.rank FROM held h JOIN entitlement e ON e.org_id = $1 AND e.to_id = h.node_id
         AND e.kind IN ('member_of', 'runs_as') AND e.effect = 'allow' AND e.deleted_at IS NULL AND e.from_id IS NOT NULL
     ), ranks AS (SELECT node_id, max(rank)::smallint AS rank FROM held GROUP BY node_id),
     creds AS (
       SELECT identity_id, count(*)::int AS n, min(coalesce(rotated_at, issued_at)) AS oldest, min(expires_at) AS expiry
       FROM credential WHERE org_id = $1 AND deleted_at IS NULL AND identity_id IS NOT NULL AND status <> 'deleted'
       GROUP BY identity_id
     ), owned AS (
       SELECT identity_id, CASE WHEN bool_or(state = 'confirmed') THEN 'confirmed' ELSE 'suggested' END AS state
       FROM ownership WHERE org_id = $1 GROUP BY identity_id
     ), standing AS (
       SELECT i.id, coalesce(c.n, 0) AS n, c.oldest, c.expiry, coalesce(r.rank, 0::smallint) AS rank, coalesce(o.state, 'none') AS owner
       FROM identity i LEFT JOIN creds c ON c.identity_id = i.id LEFT JOIN ranks r ON r.node_id = i.id
       LEFT JOIN owned o ON o.identity_id = i.id WHERE i.org_id = $1
     )
     UPDATE identity i SET credential_count = s.n, oldest_credential_at = s.oldest, next_expiry_at = s.expiry,
       privilege_rank = s.rank, owner_state = s.owner
     FROM standing s WHERE i.org_id = $1 AND i.id = s.id
       AND (i.credential_count, i.oldest_credential_at, i.next_expiry_at, i.privilege_rank, i.owner_state)
         IS DISTINCT FROM (s.n, s.oldest, s.expiry, s.rank, s.owner)`,
    [bulk.orgId],
  )
}
