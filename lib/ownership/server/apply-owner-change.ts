import { holdOwner, requireOwner } from '@/lib/identities/server/assign-owner'
import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, rehearseBulk } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Permit } from '@/lib/platform/db/permit'
import { refusalWords, undoMinutes } from '../rules'
import { AppliedOwnerChange, OwnerChange, OwnerChangeEffects } from '../schema'
import { planRows, type ReadyChange, writtenRows } from './map-owner-change'
import { refreshOwnedRows } from './refresh-owned'
import { actorKeyOf, runSql, targetRows } from './store'

/** The action that the decision point is asked about. */
export const actionOf = {
  assign: 'assign_owner',
  attest: 'confirm_owner',
  transfer: 'transfer_owner',
  release: 'release_owner',
} as const

/**
 * What a bulk change of owners would do, without doing it: how many change, how many are so already, how many stay and why.
 * @throws AppError `forbidden`; `invalid_input` when the owner cannot own; `not_found` for a selection that is not kept
 */
export async function previewOwnerChange(ctx: Context, given: OwnerChange): Promise<OwnerChangeEffects> {
  const { ready, permit } = await readyChange(ctx, given)
  return rehearseBulk(ctx.tenant, permit, (bulk) => planChange(bulk, ready))
}

/**
 * Names an owner for many identities, or attests, hands over or gives up those of the caller: set-wise, with one audit event,
 * to be taken back as a whole for 15 minutes. Identities that cannot be changed do not stop the others.
 * @throws AppError as for the preview
 */
export async function applyOwnerChange(ctx: Context, given: OwnerChange): Promise<AppliedOwnerChange> {
  const { ready, permit } = await readyChange(ctx, given)
  return ctx.commitBulk(
    permit,
    (done: AppliedOwnerChange) => audited(ready, done),
    async (bulk) => {
      if (ready.owner) await holdOwner(bulk, bulk.orgId, ready.owner.key)
      const effects = await planChange(bulk, ready)
      const made = await writeChange(bulk, ready, actorKeyOf(ctx))
      return AppliedOwnerChange.parse({ ...effects, ...made })
    },
  )
}

async function readyChange(ctx: Context, given: OwnerChange): Promise<{ ready: ReadyChange; permit: Permit }> {
  const input = OwnerChange.parse(given)
  const [visible, changeable] = await Promise.all([
    ctx.plan('read', 'identity'),
    ctx.plan(actionOf[input.change], 'identity'),
  ])
  const key = 'ownerKey' in input ? input.ownerKey : undefined
  const owner = key === undefined ? null : { key, label: await requireOwner(ctx, key) }
  const ready: ReadyChange = {
    change: input.change,
    orgId: ctx.tenant.orgId,
    target: await targetRows(ctx, input),
    readable: visible.rows ?? Prisma.sql`true`,
    allowed: changeable.rows ?? Prisma.sql`true`,
    ownKeys: ownerKeysOf(ctx.actor),
    by: ctx.actor.name,
    owner,
    duty: input.change === 'assign' ? input.duty : 'technical',
    reason: 'reason' in input ? (input.reason ?? null) : null,
  }
  return { ready, permit: changeable.permit }
}

async function planChange(bulk: BulkTx, ready: ReadyChange): Promise<OwnerChangeEffects> {
  await bulk.client.query(
    `CREATE TEMP TABLE owner_plan (identity_id uuid, name text, ownership_id uuid, verdict text) ON COMMIT DROP`,
  )
  await runSql(bulk, planRows(ready))
  await bulk.client.query(`ANALYZE pg_temp.owner_plan`)
  return readEffects(bulk, ready)
}

async function readEffects(bulk: BulkTx, { owner }: ReadyChange): Promise<OwnerChangeEffects> {
  const { rows } = await bulk.client.query<{
    verdict: string
    count: number
    samples: { id: string; name: string }[]
  }>(`
    WITH each AS MATERIALIZED (
      SELECT identity_id AS id, min(name) AS name, CASE WHEN bool_or(verdict = 'change') THEN 'change'
        WHEN bool_or(verdict = 'already') THEN 'already' ELSE min(verdict) END AS verdict
      FROM pg_temp.owner_plan GROUP BY identity_id
    ), counted AS (SELECT verdict, count(*)::int AS count FROM each GROUP BY verdict)
    SELECT c.verdict, c.count, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name)), '[]')
      FROM (SELECT id, name FROM each e WHERE e.verdict = c.verdict ORDER BY name, id LIMIT 10) s) AS samples
    FROM counted c ORDER BY c.count DESC, c.verdict`)
  const none = { count: 0, samples: [] }
  const effectOf = (verdict: string) => rows.find((row) => row.verdict === verdict) ?? none
  const refused = rows.filter(({ verdict }) => verdict !== 'change' && verdict !== 'already')
  return OwnerChangeEffects.parse({
    ownerLabel: owner?.label ?? null,
    changes: effectOf('change'),
    already: effectOf('already'),
    refused: refused.map(({ verdict, ...effect }) => ({ ...effect, reason: refusalWords[verdict] ?? verdict })),
  })
}

async function writeChange(bulk: BulkTx, ready: ReadyChange, actorKey: string) {
  const org = Prisma.sql`${bulk.orgId}::uuid`
  const [made] = await runSql<{ id: string; undoUntil: Date }>(
    bulk,
    Prisma.sql`INSERT INTO bulk_change (org_id, actor_key, change, changed, written_by, undo_until)
      VALUES (${org}, ${actorKey}, ${ready.change}, 0, pg_current_xact_id()::xid::text, now() + make_interval(mins => ${undoMinutes}::int))
      RETURNING id, undo_until AS "undoUntil"`,
  )
  if (!made) throw new Error('the change was not kept')
  await runSql(
    bulk,
    Prisma.sql`WITH ${writtenRows(ready)} INSERT INTO bulk_change_row (org_id, change_id, ownership_id, identity_id, before)
      SELECT ${org}, ${made.id}::uuid, id, identity_id, before FROM written`,
  )
  const changed = await refreshOwnedRows(
    bulk,
    Prisma.sql`SELECT DISTINCT identity_id AS id FROM bulk_change_row WHERE org_id = ${org} AND change_id = ${made.id}::uuid`,
  )
  await runSql(
    bulk,
    Prisma.sql`UPDATE bulk_change SET changed = ${changed}::int WHERE org_id = ${org} AND id = ${made.id}::uuid`,
  )
  return { id: made.id, undoUntil: made.undoUntil.toISOString() }
}

function audited(ready: ReadyChange, done: AppliedOwnerChange) {
  const { count, samples } = done.changes
  const [only] = samples
  return {
    action: `identity.owner.${ready.change}`,
    target:
      count === 1 && only
        ? { kind: 'identity', id: only.id, label: only.name }
        : { kind: 'identity', id: done.id, label: `${count} identities` },
    reason: ready.reason ?? undefined,
    after: {
      change: done.id,
      ...(ready.owner && { ownerKey: ready.owner.key, label: ready.owner.label }),
      ...(ready.change === 'assign' && { duty: ready.duty }),
      changed: count,
      already: done.already.count,
      refused: done.refused.map(({ reason, count: n }) => ({ reason, count: n })),
      samples,
    },
  }
}
