import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Permit } from '@/lib/platform/db/permit'
import { log } from '@/lib/platform/telemetry/log'
import { refreshOwnedRows } from './refresh-owned'
import { runSql } from './store'

/** Identities in one transaction, as in a change of many: what lapses on one day may have been assigned in one go. */
const batchSize = 2000
/** Rows that are forgotten in one transaction: nobody waits for them, and no list says anything of them. */
const forgottenAtOnce = 50_000

/** Selections past their time that no run of the worker still goes through. */
const pastSelection = Prisma.sql`s.expires_at <= now() AND NOT EXISTS (SELECT FROM bulk_change c
  WHERE c.org_id = s.org_id AND c.selection_id = s.id AND c.status IN ('queued', 'running'))`
/** Changes that can no longer be taken back, and of which what the rows were is still kept. */
const pastChange = Prisma.sql`c.undo_until < now() - interval '1 day' AND c.forgotten_at IS NULL`

const target = { kind: 'identity' as const, id: '*', label: 'ownerships past their day', attr: {} }

/**
 * Ends the ownerships of one organization that were stated until a day that has passed, and forgets selections and the former
 * rows of bulk changes that can no longer be used: batch by batch, each a transaction. Answers how many ownerships lapsed.
 */
export async function expireOwnership(orgId: string, signal?: AbortSignal): Promise<number> {
  const ctx = contextForJob(orgId, 'expire-ownership')
  const [found] = await ctx.sql<{ lapsed: boolean }>(
    Prisma.sql`SELECT EXISTS (SELECT FROM ownership WHERE ended_at IS NULL AND valid_until <= now()) AS lapsed`,
  )
  let useless = await findUseless(ctx)
  if (!found?.lapsed && !useless) return 0
  const permit = await ctx.authorize('expire_owner', target)
  let lapsed = 0
  for (let batch = found?.lapsed ? batchSize : 0; batch === batchSize && !signal?.aborted; ) {
    batch = await lapseBatch(ctx, permit)
    lapsed += batch
  }
  for (; useless && !signal?.aborted; useless = await findUseless(ctx)) await forgetBatch(ctx, permit, useless)
  return lapsed
}

function lapseBatch(ctx: Context, permit: Permit): Promise<number> {
  const change = (lapsed: number) => ({ action: 'identity.owner.lapse', target, after: { lapsed } })
  return ctx.commitBulk(permit, change, async (bulk) => {
    await bulk.client.query(`CREATE TEMP TABLE owner_lapsed (identity_id uuid) ON COMMIT DROP`)
    await runSql(
      bulk,
      Prisma.sql`WITH due AS MATERIALIZED (
        SELECT id FROM ownership WHERE org_id = ${bulk.orgId}::uuid AND ended_at IS NULL AND valid_until <= now()
        ORDER BY valid_until LIMIT ${batchSize}::int FOR UPDATE
      ), ended AS (
        UPDATE ownership o SET ended_at = now(), ended_reason = 'lapsed' FROM due
        WHERE o.org_id = ${bulk.orgId}::uuid AND o.id = due.id RETURNING o.identity_id
      ) INSERT INTO pg_temp.owner_lapsed SELECT identity_id FROM ended`,
    )
    await refreshOwnedRows(bulk, Prisma.sql`SELECT DISTINCT identity_id AS id FROM pg_temp.owner_lapsed`)
    const [{ n } = { n: 0 }] = await runSql<{ n: number }>(
      bulk,
      Prisma.sql`SELECT count(*)::int AS n FROM pg_temp.owner_lapsed`,
    )
    return n
  })
}

interface Useless {
  what: 'selection' | 'change'
  id: string
}

/** Something that can no longer be used, if there is any. */
async function findUseless(ctx: Context): Promise<Useless | undefined> {
  const [found] = await ctx.sql<Useless>(Prisma.sql`SELECT what, id FROM (
      (SELECT 'selection' AS what, s.id::text AS id FROM selection s WHERE ${pastSelection} LIMIT 1) UNION ALL
      (SELECT 'change', c.id::text FROM bulk_change c WHERE ${pastChange} LIMIT 1)) useless LIMIT 1`)
  return found
}

/** Forgets it, or, where it is much, a part of it. */
async function forgetBatch(ctx: Context, permit: Permit, { what, id }: Useless): Promise<void> {
  const change = (rows: number) => ({
    action: `identity.${what}.forget`,
    target: {
      kind: 'identity',
      id,
      label: what === 'selection' ? 'a selection' : 'what a change of owners was made from',
    },
    after: { rows },
  })
  await ctx.commitBulk(permit, change, async (bulk) => {
    const org = Prisma.sql`${bulk.orgId}::uuid`
    const items = Prisma.sql`org_id = ${org} AND selection_id = ${id}::uuid`
    const rows = Prisma.sql`org_id = ${org} AND change_id = ${id}::uuid AND before IS NOT NULL`
    const limit = Prisma.sql`LIMIT ${forgottenAtOnce}::int`
    const { length } = await runSql(
      bulk,
      what === 'selection'
        ? Prisma.sql`DELETE FROM selection_item
            WHERE ctid = ANY (ARRAY(SELECT ctid FROM selection_item WHERE ${items} ${limit})) RETURNING 1 AS gone`
        : Prisma.sql`UPDATE bulk_change_row SET before = NULL
            WHERE ctid = ANY (ARRAY(SELECT ctid FROM bulk_change_row WHERE ${rows} ${limit})) RETURNING 1 AS gone`,
    )
    if (length === forgottenAtOnce) return length
    await runSql(
      bulk,
      what === 'selection'
        ? Prisma.sql`DELETE FROM selection WHERE org_id = ${org} AND id = ${id}::uuid`
        : Prisma.sql`UPDATE bulk_change SET forgotten_at = now() WHERE org_id = ${org} AND id = ${id}::uuid`,
    )
    return length
  })
}

const everyMs = 10 * 60 * 1000

/** Does so for every organization now and every ten minutes; call the answer to stop, between two batches. */
export function startExpiry(): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  const stop = new AbortController()
  const expire = async () => {
    for (const { id } of await listOrganizations()) {
      if (stop.signal.aborted) return
      await expireOwnership(id, stop.signal).catch((error: unknown) =>
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
    stop.abort()
    return running
  }
}
