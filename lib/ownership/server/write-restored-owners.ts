import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { RestoredOwners } from '../schema'
import { refreshOwnedRows } from './refresh-owned'
import { runSql } from './store'

/** Live assertions of people who can still sign in, and of teams: the rest cannot come back to life. */
const canReturn = (org: Prisma.Sql) => Prisma.sql`(left(b.owner_key, 5) <> 'user:' OR EXISTS (
  SELECT FROM membership m JOIN user_account u ON u.id = m.user_id
  WHERE m.org_id = ${org} AND 'user:' || m.user_id = b.owner_key AND m.status = 'active' AND u.status = 'active'))`

const restorable = Prisma.sql`SELECT identity_id AS id FROM pg_temp.restorable WHERE fits`

/** The rows that name what a change wrote; `identity_id` may come several times. */
export function changedRows(orgId: string, changeId: string): Prisma.Sql {
  return Prisma.sql`SELECT identity_id AS id FROM bulk_change_row WHERE org_id = ${orgId}::uuid AND change_id = ${changeId}::uuid`
}

/**
 * Makes every ownership that a change wrote what it was before, for the identities that `ids` gives (`id`). Identities whose
 * ownerships somebody has changed since stay as they are and are counted.
 */
export async function writeRestored(bulk: BulkTx, id: string, ids: Prisma.Sql): Promise<RestoredOwners> {
  const org = Prisma.sql`${bulk.orgId}::uuid`
  // The rows in a table of their own, and ownerships looked up by their ids: what the planner believes of either may be older than
  // the change that is taken back.
  await bulk.client.query(
    `CREATE TEMP TABLE owner_undo (ownership_id uuid PRIMARY KEY, identity_id uuid, before jsonb, written_by text) ON COMMIT DROP`,
  )
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.owner_undo SELECT r.* FROM (SELECT DISTINCT id FROM (${ids}) named) t CROSS JOIN LATERAL (
      SELECT r.ownership_id, r.identity_id, r.before, r.written_by FROM bulk_change_row r
      WHERE r.org_id = ${org} AND r.change_id = ${id}::uuid AND r.identity_id = t.id OFFSET 0) r`,
  )
  await bulk.client.query(`ANALYZE pg_temp.owner_undo`)
  await runSql(
    bulk,
    Prisma.sql`SELECT count(*) FROM (SELECT FROM ownership o WHERE o.org_id = ${org}
      AND o.id = ANY (ARRAY(SELECT ownership_id FROM pg_temp.owner_undo)) ORDER BY o.id FOR UPDATE) held`,
  )
  await bulk.client.query(`CREATE TEMP TABLE restorable (identity_id uuid PRIMARY KEY, fits boolean) ON COMMIT DROP`)
  await runSql(
    bulk,
    Prisma.sql`INSERT INTO pg_temp.restorable
      SELECT r.identity_id, bool_and(o.writer = r.written_by AND (r.before IS NULL OR o.ended_at IS NULL OR (${canReturn(org)}
        AND NOT EXISTS (SELECT FROM (SELECT n.duty, n.owner_key FROM ownership n
          WHERE n.org_id = ${org} AND n.identity_id = r.identity_id AND n.ended_at IS NULL OFFSET 0) n
          WHERE n.duty = b.duty AND n.owner_key = b.owner_key))))
      FROM pg_temp.owner_undo r CROSS JOIN LATERAL (
        SELECT o.xmin::text AS writer, o.ended_at FROM ownership o WHERE o.org_id = ${org} AND o.id = r.ownership_id OFFSET 0) o
      CROSS JOIN LATERAL jsonb_populate_record(NULL::ownership, coalesce(r.before, '{}')) b GROUP BY r.identity_id`,
  )
  await bulk.client.query(`ANALYZE pg_temp.restorable`)
  const fitting = (isNew: boolean) => Prisma.sql`o.org_id = ${org} AND o.id = ANY (ARRAY(
    SELECT r.ownership_id FROM pg_temp.owner_undo r JOIN pg_temp.restorable f USING (identity_id)
    WHERE f.fits AND (r.before IS NULL) = ${isNew}::boolean))`
  await runSql(
    bulk,
    Prisma.sql`UPDATE ownership o SET ended_at = now(), ended_reason = 'undone' WHERE ${fitting(true)}`,
  )
  await runSql(
    bulk,
    Prisma.sql`UPDATE ownership o SET (label, state, asserted_by, confirmed_at, confirmed_by, attested_at, attested_by, valid_until,
        ended_at, ended_reason, ended_by, ended_note)
      = (SELECT b.label, b.state, b.asserted_by, b.confirmed_at, b.confirmed_by, b.attested_at, b.attested_by, b.valid_until,
          b.ended_at, b.ended_reason, b.ended_by, b.ended_note
        FROM pg_temp.owner_undo r CROSS JOIN LATERAL jsonb_populate_record(NULL::ownership, r.before) b WHERE r.ownership_id = o.id)
      WHERE ${fitting(false)}`,
  )
  await reopenTasks(bulk)
  const restored = await refreshOwnedRows(bulk, restorable)
  const [{ all } = { all: restored }] = await runSql<{ all: number }>(
    bulk,
    Prisma.sql`SELECT count(*)::int AS all FROM pg_temp.restorable`,
  )
  return { restored, refused: all - restored }
}

/** What has no owner again is again to be taken over. */
async function reopenTasks(bulk: BulkTx): Promise<void> {
  await runSql(
    bulk,
    Prisma.sql`WITH opened AS (
      UPDATE ownership_task_item SET done_at = NULL WHERE org_id = ${bulk.orgId}::uuid AND done_at IS NOT NULL
        AND identity_id IN (${restorable}) RETURNING task_id
    ) UPDATE ownership_task SET state = 'open', done_at = NULL
      WHERE org_id = ${bulk.orgId}::uuid AND id IN (SELECT task_id FROM opened) AND state = 'done'`,
  )
}
