import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { isUnderWay, mostAtOnce, type OwnerChangeState } from '../rules'
import { ById, type OwnerChangeKind, type OwnerChangeRun, type RestoredOwners } from '../schema'
import { ownerChangeJob } from './jobs'
import { actionOf } from './map-owner-change'
import { presentRun } from './present-owner-change'
import { actorKeyOf } from './store'
import { findRun, insertRun, requeueRestore } from './store-runs'
import { changedRows, writeRestored } from './write-restored-owners'

interface ChangeRow {
  change: OwnerChangeKind
  changed: number
  status: OwnerChangeState
  undone: boolean
  late: boolean
  /** Of a run: of which selection. */
  selectionId: string | null
}

/**
 * Takes a bulk change back, for whoever made it and within 15 minutes of its end: every ownership is again exactly as it was. Identities
 * whose ownerships somebody has changed since stay as they are and are counted. More than 2,000 are left to the worker, and the
 * answer is its run.
 * @throws AppError `not_found` for a change of somebody else; `conflict` when it is under way, when it is too late, or when it was
 * taken back already; `forbidden`
 */
export async function restoreOwners(ctx: Context, given: ById): Promise<RestoredOwners | OwnerChangeRun> {
  const { id } = ById.parse(given)
  const [row] = await ctx.sql<ChangeRow>(Prisma.sql`
    SELECT change, changed, status, undone_at IS NOT NULL AS undone, undo_until < now() AS late, selection_id AS "selectionId"
    FROM bulk_change WHERE org_id = ${ctx.tenant.orgId}::uuid AND id = ${id}::uuid AND actor_key = ${actorKeyOf(ctx)}
      AND change <> 'restore'`)
  if (!row) throw new AppError('not_found', 'There is no such change of yours.')
  const { permit } = await ctx.plan(actionOf[row.change], 'identity')
  if (isUnderWay(row.status)) throw new AppError('conflict', 'This is still under way. Stop it first.')
  if (row.late && !row.undone) throw new AppError('conflict', 'It is too late to take this back.')
  if (row.changed > mostAtOnce) return beginRestore(ctx, permit, id, row)
  const target = { kind: 'identity', id, label: `${row.changed} identities` }
  const change = (done: RestoredOwners) => ({
    action: 'identity.owner.restore',
    target,
    after: { change: row.change, ...done },
  })
  return ctx.commitBulk(permit, change, async (bulk) => {
    await markUndone(bulk, bulk.orgId, id)
    return writeRestored(bulk, id, changedRows(bulk.orgId, id))
  })
}

async function markUndone(tx: Tx | BulkTx, orgId: string, id: string): Promise<void> {
  const marked = await sqlOf(tx)(
    `UPDATE bulk_change SET undone_at = now() WHERE org_id = $1::uuid AND id = $2::uuid AND undone_at IS NULL RETURNING 1 AS marked`,
    [orgId, id],
  )
  if (marked.length === 0) throw new AppError('conflict', 'This was taken back already.')
}

async function beginRestore(ctx: Context, permit: Permit, id: string, row: ChangeRow): Promise<OwnerChangeRun> {
  const { orgId } = ctx.tenant
  const target = { kind: 'identity', id: row.selectionId ?? id, label: `${row.changed} identities` }
  const run = await ctx.commit(
    permit,
    (made: string) => ({ action: 'identity.owner.restore.request', target, after: { change: id, run: made } }),
    async (tx) => {
      await markUndone(tx, orgId, id)
      const who = { actorKey: actorKeyOf(ctx), actorLabel: ctx.actor.name }
      const runId =
        (await requeueRestore(tx, orgId, id)) ??
        (await insertRun(tx, { orgId, ...who, change: 'restore', order: {}, undoes: id, total: row.changed }))
      await enqueue(tx, ownerChangeJob, { orgId, runId })
      return runId
    },
  )
  const made = await findRun(ctx, run)
  if (!made) throw new Error('a run is found after it was made')
  return presentRun(ctx, made)
}
