import { type BulkTx, sqlOf } from '@/lib/platform/db/commit'

/**
 * Brings the scores that lists sort by up to date with those that were worked out, in the caller's transaction; rows that stay
 * the same are not written. Like `refreshListing` it locks the identities first, in the order of their ids.
 * @returns how many rows changed
 */
export async function refreshListedScores(bulk: BulkTx): Promise<number> {
  const run = sqlOf(bulk)
  const stale = `SELECT l.identity_id FROM identity_listing l LEFT JOIN identity_score s
    ON s.org_id = $1::uuid AND s.identity_id = l.identity_id
    WHERE l.org_id = $1::uuid AND l.score IS DISTINCT FROM s.score`
  await run(
    `SELECT count(*) AS locked FROM (SELECT FROM identity i WHERE i.org_id = $1::uuid AND i.id IN (${stale})
       ORDER BY i.id FOR NO KEY UPDATE) held`,
    [bulk.orgId],
  )
  const [row] = await run(
    `WITH changed AS (
       UPDATE identity_listing l SET score = s.score FROM identity_score s
       WHERE l.org_id = $1::uuid AND s.org_id = $1::uuid AND s.identity_id = l.identity_id AND l.score IS DISTINCT FROM s.score
       RETURNING 1
     ) SELECT count(*)::int AS n FROM changed`,
    [bulk.orgId],
  )
  return Number(row?.n ?? 0)
}
