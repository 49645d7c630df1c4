import type { Context } from '@/lib/platform/context'
import { type BulkTx, rehearseBulk } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { mostAtOnce, undoMinutes } from '../rules'
import { AppliedOwnerChange, OwnerChange, type OwnerChangeEffects, type OwnerChangeRun } from '../schema'
import type { ReadyChange } from './map-owner-change'
import { beginRun } from './request-owner-change'
import { actorKeyOf, runSql, targetRows } from './store'
import { type ChangeOrder, planChange, readEffects, readyChange, writeChange } from './write-owner-change'

/**
 * What a bulk change of owners would do, without doing it: how many change, how many are so already, how many stay and why.
 * @throws AppError `forbidden`; `invalid_input` when the owner cannot own, or when its end is past;
 * `not_found` for a selection that is not kept
 */
export async function previewOwnerChange(ctx: Context, given: OwnerChange): Promise<OwnerChangeEffects> {
  const input = OwnerChange.parse(given)
  const { rows } = await targetRows(ctx, input)
  const { ready, permit } = await readyChange(ctx, orderOf(input), rows)
  return rehearseBulk(ctx.tenant, permit, async (bulk) => {
    await planChange(bulk, ready)
    return readEffects(bulk, ready)
  })
}

/**
 * Names an owner for many identities, or attests, hands over or gives up those of the caller: set-wise, with one audit event,
 * to be taken back as a whole for 15 minutes. Identities that cannot be changed do not stop the others. More than 2,000 are
 * left to the worker, and the answer is its run.
 * @throws AppError as for the preview
 */
export async function applyOwnerChange(ctx: Context, given: OwnerChange): Promise<AppliedOwnerChange | OwnerChangeRun> {
  const input = OwnerChange.parse(given)
  const { count, rows } = await targetRows(ctx, input)
  const { ready, permit } = await readyChange(ctx, orderOf(input), rows)
  if (input.selectionId !== undefined && count > mostAtOnce) {
    const label = ready.owner?.label ?? null
    return beginRun(ctx, permit, { ...orderOf(input), label, selectionId: input.selectionId, total: count })
  }
  return ctx.commitBulk(
    permit,
    (done: AppliedOwnerChange) => audited(ready, done),
    async (bulk) => {
      await planChange(bulk, ready)
      const effects = await readEffects(bulk, ready)
      const made = await insertChange(bulk, ready.change, actorKeyOf(ctx))
      const changed = await writeChange(bulk, ready, made.id)
      await runSql(
        bulk,
        Prisma.sql`UPDATE bulk_change SET changed = ${changed}::int WHERE org_id = ${bulk.orgId}::uuid AND id = ${made.id}::uuid`,
      )
      return AppliedOwnerChange.parse({ ...effects, ...made })
    },
  )
}

function orderOf(input: ReturnType<typeof OwnerChange.parse>): ChangeOrder {
  return {
    change: input.change,
    ...('ownerKey' in input && { ownerKey: input.ownerKey }),
    ...('duty' in input && { duty: input.duty }),
    ...('validUntil' in input && { validUntil: input.validUntil }),
    ...('reason' in input && { reason: input.reason }),
  }
}

async function insertChange(bulk: BulkTx, change: string, actorKey: string) {
  const [made] = await runSql<{ id: string; undoUntil: Date }>(
    bulk,
    Prisma.sql`INSERT INTO bulk_change (org_id, actor_key, change, changed, undo_until)
      VALUES (${bulk.orgId}::uuid, ${actorKey}, ${change}, 0, now() + make_interval(mins => ${undoMinutes}::int))
      RETURNING id, undo_until AS "undoUntil"`,
  )
  if (!made) throw new Error('the change was not kept')
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
      ...(ready.change === 'assign' && { duty: ready.duty, validUntil: ready.validUntil }),
      changed: count,
      already: done.already.count,
      refused: done.refused.map(({ reason, count: n }) => ({ reason, count: n })),
      samples,
    },
  }
}
