import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import { Prisma } from '@/lib/platform/db/generated/client'
import { log } from '@/lib/platform/telemetry/log'
import { refreshOwned, scopeOf } from './refresh-owned'
import { runSql } from './store'

/** Selections past their time that no run of the worker still goes through. */
const pastSelection = Prisma.sql`s.expires_at <= now() AND NOT EXISTS (SELECT FROM bulk_change c
  WHERE c.org_id = s.org_id AND c.selection_id = s.id AND c.status IN ('queued', 'running'))`

/** What is past its time, for a statement that reads. */
const past = Prisma.sql`(SELECT count(*)::int FROM ownership WHERE ended_at IS NULL AND valid_until <= now()) AS lapsed,
  (SELECT count(*)::int FROM selection s WHERE ${pastSelection})
  + (SELECT count(*)::int FROM bulk_change c WHERE c.undo_until < now() - interval '1 day'
      AND EXISTS (SELECT FROM bulk_change_row r WHERE r.org_id = c.org_id AND r.change_id = c.id AND r.before IS NOT NULL)) AS kept`

/**
 * Ends the ownerships of one organization that were stated until a day that has passed, and forgets selections and the former
 * rows of bulk changes that can no longer be used. Answers how many ownerships lapsed.
 */
export async function expireOwnership(orgId: string): Promise<number> {
  const ctx = contextForJob(orgId, 'expire-ownership')
  const [found] = await ctx.sql<{ lapsed: number; kept: number }>(Prisma.sql`SELECT ${past}`)
  if (!found || found.lapsed + found.kept === 0) return 0
  const target = { kind: 'identity' as const, id: '*', label: 'ownerships past their day', attr: {} }
  const permit = await ctx.authorize('expire_owner', target)
  const change = (lapsed: number) => ({ action: 'identity.owner.lapse', target, after: { lapsed } })
  return ctx.commitBulk(permit, change, async (bulk) => {
    const org = Prisma.sql`${orgId}::uuid`
    const ended = await runSql<{ id: string }>(
      bulk,
      Prisma.sql`UPDATE ownership SET ended_at = now(), ended_reason = 'lapsed'
        WHERE org_id = ${org} AND ended_at IS NULL AND valid_until <= now() RETURNING identity_id::text AS id`,
    )
    if (ended.length > 0) await refreshOwned(bulk, scopeOf([...new Set(ended.map(({ id }) => id))]))
    await runSql(
      bulk,
      Prisma.sql`WITH gone AS (DELETE FROM selection s WHERE s.org_id = ${org} AND ${pastSelection} RETURNING s.id)
        DELETE FROM selection_item WHERE org_id = ${org} AND selection_id IN (SELECT id FROM gone)`,
    )
    await runSql(
      bulk,
      Prisma.sql`UPDATE bulk_change_row SET before = NULL WHERE org_id = ${org} AND before IS NOT NULL AND change_id IN (
        SELECT id FROM bulk_change WHERE org_id = ${org} AND undo_until < now() - interval '1 day')`,
    )
    return ended.length
  })
}

const everyMs = 10 * 60 * 1000

/** Does so for every organization now and every ten minutes; call the answer to stop. */
export function startExpiry(): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const expire = async () => {
    for (const { id } of await listOrganizations()) {
      await expireOwnership(id).catch((error: unknown) =>
        log.error({ err: error, orgId: id }, 'ownerships could not be expired'),
      )
    }
  }
  const begin = () => {
    running = running
      .then(expire)
      .catch((error: unknown) => log.error({ err: error }, 'ownerships could not be expired'))
  }
  begin()
  const timer = setInterval(begin, everyMs)
  return () => {
    clearInterval(timer)
    return running
  }
}
