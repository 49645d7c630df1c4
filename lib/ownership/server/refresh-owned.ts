import { type ListingScope, refreshListing } from '@/lib/identities/server/refresh-listing'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'

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
  await run(
    `UPDATE ownership_task_item t SET done_at = now()
     WHERE t.org_id = $1::uuid AND t.done_at IS NULL AND ($2::text[] IS NULL OR t.identity_id = ANY ($2::text[]::uuid[]))
       AND ${isAnsweredFor('t.identity_id')}`,
    [org?.id, scope === 'all' ? null : [...scope]],
  )
  await run(
    `UPDATE ownership_task t SET state = 'done', done_at = now() WHERE t.org_id = $1::uuid AND t.state = 'open'
       AND NOT EXISTS (SELECT FROM ownership_task_item i WHERE i.org_id = $1::uuid AND i.task_id = t.id AND i.done_at IS NULL)`,
    [org?.id],
  )
}
