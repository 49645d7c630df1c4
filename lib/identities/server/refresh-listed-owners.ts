import type { BulkTx } from '@/lib/platform/db/commit'
import { compactTally } from '@/lib/platform/db/list/compact-tally'
import { byHashing } from '@/lib/platform/db/touched'
import { conflictBit, owners, searchText } from './refresh-listing'

const columns = ['owner_state', 'owner_key', 'owner_label', 'traits', 'search_text'] as const
const listed = columns.map((column) => `l.${column}`).join(', ')
const fresh = columns.map((column) => `s.${column}`).join(', ')
const touched = '(SELECT identity_id FROM pg_temp.owner_touched)'

/**
 * Brings what lists say of owners up to date, for the identities in `pg_temp.owner_touched (identity_id)`, however many: in a few
 * statements, with none of them named here, and without what has nothing to do with owners. Like `refreshListing` it keeps
 * the identities locked until the transaction ends.
 */
export async function refreshListedOwners(bulk: BulkTx): Promise<void> {
  const { client, orgId } = bulk
  await client.query(
    `SELECT count(*) FROM (SELECT FROM identity i WHERE i.org_id = $1::uuid AND i.id IN ${touched} ORDER BY i.id FOR NO KEY UPDATE) held`,
    [orgId],
  )
  // In a table of their own, whose size the planner knows: what it believes of ownerships may be older than a great change of
  // them, and where it expects one it would compare every identity with every other.
  await client.query(
    `CREATE TEMP TABLE owner_owned (identity_id uuid, owner_key text, label text, state text, labels text, conflict boolean) ON COMMIT DROP`,
  )
  await byHashing(bulk, () =>
    client.query(
      `WITH ${owners(`AND o.identity_id = ANY (ARRAY${touched})`)}
       INSERT INTO pg_temp.owner_owned SELECT identity_id, owner_key, label, state, labels, conflict FROM owned`,
      [orgId],
    ),
  )
  await client.query(`ANALYZE pg_temp.owner_owned`)
  await client.query(
    `WITH standing AS MATERIALIZED (
       SELECT i.id AS identity_id, coalesce(o.state, 'none') COLLATE "C" AS owner_state, o.owner_key, o.label AS owner_label,
         (l.traits & ~${conflictBit} | CASE WHEN o.conflict THEN ${conflictBit} ELSE 0 END)::smallint AS traits, ${searchText} AS search_text
       FROM pg_temp.owner_touched t JOIN identity i ON i.org_id = $1::uuid AND i.id = t.identity_id
       JOIN identity_listing l ON l.org_id = $1::uuid AND l.identity_id = i.id LEFT JOIN pg_temp.owner_owned o ON o.identity_id = i.id
     )
     UPDATE identity_listing l SET (${columns.join(', ')}) = (${fresh}) FROM standing s
     WHERE l.org_id = $1::uuid AND l.identity_id = s.identity_id AND (${listed}) IS DISTINCT FROM (${fresh})`,
    [orgId],
  )
  await compactTally(async (sql, values) => (await client.query(sql, values)).rows, orgId, 'identity_tally')
}
