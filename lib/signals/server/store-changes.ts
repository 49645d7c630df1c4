import { takeConnection } from '@/lib/platform/db/pool'
import type { Tenant } from '@/lib/platform/db/tenant'
import type { Change, Cursor } from '../rules'

/** So many changes at a time. */
export const pageSize = 500

export interface ChangesRead {
  changes: Change[]
  /** All transactions that had ended when it was read. */
  now: string
  /** The cursor is of a database that was set back, or of another one: nobody can say what it missed. */
  isLost: boolean
}

const selected = `seq::text AS id, at, kind, CASE WHEN subject_id IS NULL THEN NULL ELSE json_build_object('type', subject_type, 'id', subject_id) END AS subject, detail`

/**
 * What the transactions made that a cursor did not see, in their order; of some subjects, with what is about all.
 * @param subjects null = of everybody
 */
export async function readChanges(
  tenant: Tenant,
  { from, to, after }: Pick<Cursor, 'from' | 'to' | 'after'>,
  subjects: readonly string[] | null,
): Promise<ChangesRead> {
  const [row] = await run<ChangesRead>(tenant, {
    name: 'access-changes',
    text: `SELECT pg_current_snapshot()::text AS now, pg_snapshot_xmax($2::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) AS "isLost",
        (SELECT coalesce(json_agg(c), '[]') FROM (SELECT ${selected} FROM access_change
          WHERE org_id = $1 AND xid >= pg_snapshot_xmin($2::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $2::pg_snapshot)
            AND ($3::text IS NULL OR pg_visible_in_snapshot(xid, $3::pg_snapshot)) AND seq > $4::bigint
            AND ($5::uuid[] IS NULL OR subject_id IS NULL OR subject_id = ANY ($5::uuid[])) ORDER BY seq LIMIT ${pageSize}) c) AS changes`,
    values: [tenant.orgId, from, to, after, subjects],
  })
  if (!row) throw new Error('an aggregate has one row')
  return { ...row, changes: row.changes.map((change) => ({ ...change, at: new Date(change.at) })) }
}

/** Whether anything has changed since, and where one is now. */
export async function readNews(tenant: Tenant, since: string | null): Promise<{ now: string; isNew: boolean }> {
  const [row] = await run<{ now: string; isNew: boolean }>(tenant, {
    name: 'access-news',
    text: `SELECT pg_current_snapshot()::text AS now, $2::text IS NOT NULL AND EXISTS (SELECT FROM access_change
        WHERE org_id = $1 AND xid >= pg_snapshot_xmin($2::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $2::pg_snapshot)) AS "isNew"`,
    values: [tenant.orgId, since],
  })
  if (!row) throw new Error('an aggregate has one row')
  return row
}

/** Under which ids changes name a subject that a caller names: an identity, a resource or a person. */
export async function findSubjects(tenant: Tenant, id: string): Promise<string[]> {
  const rows = await run<{ id: string }>(tenant, {
    name: 'access-change-subjects',
    text: `SELECT id FROM identity WHERE org_id = $1 AND external_id = $2 UNION SELECT id FROM resource WHERE org_id = $1 AND external_id = $2
      UNION SELECT m.user_id FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.org_id = $1 AND u.email = $2 LIMIT 20`,
    values: [tenant.orgId, id],
  })
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
  return [...rows.map((row) => row.id), ...(isUuid ? [id] : [])]
}

/** Lets go of changes that are older than a reader's cursor may be. */
export async function dropOldChanges(tenant: Tenant, days: number): Promise<void> {
  await run(tenant, {
    text: `DELETE FROM access_change WHERE org_id = $1 AND at < now() - make_interval(days => $2)`,
    values: [tenant.orgId, days],
  })
}

async function run<Row extends object>(
  tenant: Tenant,
  query: { name?: string; text: string; values: unknown[] },
): Promise<Row[]> {
  const client = await takeConnection(tenant.orgId)
  let broken: Error | undefined
  try {
    return (await client.query<Row>(query)).rows
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}
