import { refreshListedOwners } from '@/lib/identities/server/refresh-listed-owners'
import { type ListingScope, refreshListing } from '@/lib/identities/server/refresh-listing'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { runSql } from './store'

/** Beyond so many identities it costs less to work out all of the organization's. */
const mostNamed = 5000

/** The identities that a change touched, or all when they are too many to name. */
export function scopeOf(ids: readonly string[]): ListingScope {
  return ids.length > mostNamed ? 'all' : ids
}

/** An identity for which a person or team was named; `id` is an SQL expression. */
export const isAnsweredFor = (id: string) => `EXISTS (
  SELECT FROM ownership o WHERE o.org_id = $1::uuid AND o.identity_id = ${id} AND o.ended_at IS NULL AND o.duty <> 'backup'
    AND o.state IN ('assigned', 'confirmed') AND (o.valid_until IS NULL OR o.valid_until > now()))`

/**
 * Ends every change of who owns something, in its transaction: lists say the new owner, and tasks to find one are done when
 * all their identities have one.
 */
export async function refreshOwned(tx: Tx | BulkTx, scope: ListingScope): Promise<void> {
  await refreshListing(tx, scope)
  const run = sqlOf(tx)
  const [org] = await run(`SELECT current_setting('app.current_org') AS id`, [])
  const values = [org?.id, ...(scope === 'all' ? [] : [[...scope]])]
  await endTasks(run, scope === 'all' ? '' : 'AND t.identity_id = ANY ($2::text[]::uuid[])', values)
}

/**
 * The same after a bulk change, set-wise, for identities that no list of ids has to name.
 * @param rows a query of their ids (`id`), each once
 * @returns how many they are
 */
export async function refreshOwnedRows(bulk: BulkTx, rows: Prisma.Sql): Promise<number> {
  await bulk.client.query(`CREATE TEMP TABLE owner_touched (identity_id uuid PRIMARY KEY) ON COMMIT DROP`)
  await runSql(bulk, Prisma.sql`INSERT INTO pg_temp.owner_touched ${rows}`)
  await bulk.client.query(`ANALYZE pg_temp.owner_touched`)
  const { rows: counted } = await bulk.client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_temp.owner_touched`,
  )
  const n = counted[0]?.n ?? 0
  if (n === 0) return 0
  await refreshListedOwners(bulk)
  await endTasks(sqlOf(bulk), 'AND t.identity_id IN (SELECT identity_id FROM pg_temp.owner_touched)', [bulk.orgId])
  return n
}

async function endTasks(run: ReturnType<typeof sqlOf>, where: string, values: unknown[]): Promise<void> {
  await run(
    `UPDATE ownership_task_item t SET done_at = now()
     WHERE t.org_id = $1::uuid AND t.done_at IS NULL ${where} AND ${isAnsweredFor('t.identity_id')}`,
    values,
  )
  await run(
    `UPDATE ownership_task t SET state = 'done', done_at = now() WHERE t.org_id = $1::uuid AND t.state = 'open'
       AND NOT EXISTS (SELECT FROM ownership_task_item i WHERE i.org_id = $1::uuid AND i.task_id = t.id AND i.done_at IS NULL)`,
    values.slice(0, 1),
  )
}
