import { holdOwner, requireFuture, requireOwner } from '@/lib/identities/server/assign-owner'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import type { BulkTx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Permit } from '@/lib/platform/db/permit'
import { refusalWords } from '../rules'
import { OwnerChangeEffects, type OwnerChangeKind } from '../schema'
import { actionOf, planRows, type ReadyChange, writtenRows } from './map-owner-change'
import { refreshOwnedRows } from './refresh-owned'
import { runSql } from './store'

/** What is asked for, whoever it is about. */
export interface ChangeOrder {
  change: OwnerChangeKind
  ownerKey?: string | undefined
  duty?: string | undefined
  validUntil?: string | undefined
  reason?: string | undefined
}

/**
 * A bulk change with what its caller may see and change now.
 * @param target a query of the ids that it is about
 * @throws AppError `forbidden`; `invalid_input` when the owner cannot own, or when its end is past
 */
export async function readyChange(
  ctx: Context,
  order: ChangeOrder,
  target: Prisma.Sql,
): Promise<{ ready: ReadyChange; permit: Permit }> {
  const { change, ownerKey, duty = 'technical', validUntil = null, reason = null } = order
  requireFuture(validUntil)
  const [visible, changeable] = await Promise.all([
    ctx.plan('read', 'identity'),
    ctx.plan(actionOf[change], 'identity'),
  ])
  const owner = ownerKey === undefined ? null : { key: ownerKey, label: await requireOwner(ctx, ownerKey) }
  const ready: ReadyChange = {
    ...{ change, orgId: ctx.tenant.orgId, target, owner, duty, validUntil, reason, by: ctx.actor.name },
    readable: visible.rows ?? Prisma.sql`true`,
    allowed: changeable.rows ?? Prisma.sql`true`,
    ownKeys: ownerKeysOf(ctx.actor),
  }
  return { ready, permit: changeable.permit }
}

/** Works out what a change would do into a table of the transaction. */
export async function planChange(bulk: BulkTx, ready: ReadyChange): Promise<void> {
  await bulk.client.query(
    `CREATE TEMP TABLE owner_plan (identity_id uuid, name text, ownership_id uuid, verdict text) ON COMMIT DROP`,
  )
  await runSql(bulk, planRows(ready))
  await bulk.client.query(`ANALYZE pg_temp.owner_plan`)
}

const eachOnce = `SELECT identity_id AS id, min(name) AS name, CASE WHEN bool_or(verdict = 'change') THEN 'change'
  WHEN bool_or(verdict = 'already') THEN 'already' ELSE min(verdict) END AS verdict FROM pg_temp.owner_plan GROUP BY identity_id`

/** How many identities of the plan there are of each verdict. */
export async function countVerdicts(bulk: BulkTx): Promise<Record<string, number>> {
  const { rows } = await bulk.client.query<{ verdict: string; count: number }>(
    `SELECT verdict, count(*)::int AS count FROM (${eachOnce}) each GROUP BY verdict`,
  )
  return Object.fromEntries(rows.map(({ verdict, count }) => [verdict, count]))
}

/** What the plan would do, with the names of some. */
export async function readEffects(bulk: BulkTx, { owner, validUntil }: ReadyChange): Promise<OwnerChangeEffects> {
  const { rows } = await bulk.client.query<{
    verdict: string
    count: number
    samples: { id: string; name: string }[]
  }>(`
    WITH each AS MATERIALIZED (${eachOnce}),
    counted AS (SELECT verdict, count(*)::int AS count FROM each GROUP BY verdict)
    SELECT c.verdict, c.count, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name)), '[]')
      FROM (SELECT id, name FROM each e WHERE e.verdict = c.verdict ORDER BY name, id LIMIT 10) s) AS samples
    FROM counted c ORDER BY c.count DESC, c.verdict`)
  const none = { count: 0, samples: [] }
  const effectOf = (verdict: string) => rows.find((row) => row.verdict === verdict) ?? none
  const refused = rows.filter(({ verdict }) => verdict !== 'change' && verdict !== 'already')
  return OwnerChangeEffects.parse({
    ownerLabel: owner?.label ?? null,
    validUntil,
    changes: effectOf('change'),
    already: effectOf('already'),
    refused: refused.map(({ verdict, ...effect }) => ({ ...effect, reason: refusalWords[verdict] ?? verdict })),
  })
}

/**
 * Carries out the plan for the change of that id, keeping what the rows were; lists follow. Answers how many identities changed.
 * @throws AppError `invalid_input` when the owner has gone in the meantime
 */
export async function writeChange(bulk: BulkTx, ready: ReadyChange, changeId: string): Promise<number> {
  if (ready.owner) await holdOwner(bulk, bulk.orgId, ready.owner.key)
  await bulk.client.query(`CREATE TEMP TABLE owner_written (identity_id uuid) ON COMMIT DROP`)
  await runSql(
    bulk,
    Prisma.sql`WITH ${writtenRows(ready)}, kept AS (
      INSERT INTO bulk_change_row (org_id, change_id, ownership_id, identity_id, before, written_by)
      SELECT ${bulk.orgId}::uuid, ${changeId}::uuid, id, identity_id, before, pg_current_xact_id()::xid::text FROM written
      RETURNING identity_id
    ) INSERT INTO pg_temp.owner_written SELECT identity_id FROM kept`,
  )
  return refreshOwnedRows(bulk, Prisma.sql`SELECT DISTINCT identity_id AS id FROM pg_temp.owner_written`)
}
