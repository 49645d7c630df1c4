import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { enqueue } from '@/lib/platform/jobs/boss'
import type { OwnerChangeKind, OwnerChangeRun } from '../schema'
import { ownerChangeJob } from './jobs'
import { presentRun } from './present-owner-change'
import { actorKeyOf } from './store'
import { findRun, insertRun, type RunOrder } from './store-runs'

interface Order extends RunOrder {
  change: OwnerChangeKind
  selectionId: string
  total: number
}

/** Leaves a change of many owners to the worker. The caller has asked whether it is allowed; the worker asks again, batch by batch. */
export async function beginRun(ctx: Context, permit: Permit, given: Order): Promise<OwnerChangeRun> {
  const { change, selectionId, total, ...order } = given
  const { ownerKey, label, duty, validUntil = null, reason } = order
  const id = await ctx.commit(
    permit,
    (run: string) => ({
      action: `identity.owner.${change}.request`,
      // Not the change itself: of that only its end belongs to the history of each identity.
      target: { kind: 'identity', id: selectionId, label: `${total} identities` },
      reason,
      after: {
        change: run,
        selection: selectionId,
        ...(ownerKey && { ownerKey, label }),
        ...(change === 'assign' && { duty, validUntil }),
      },
    }),
    async (tx) => {
      const { orgId } = ctx.tenant
      const who = { actorKey: actorKeyOf(ctx), actorLabel: ctx.actor.name }
      const run = await insertRun(tx, { orgId, ...who, change, order, selectionId, total })
      await enqueue(tx, ownerChangeJob, { orgId, runId: run })
      return run
    },
  )
  const row = await findRun(ctx, id)
  if (!row) throw new Error('a run is found after it was made')
  return presentRun(ctx, row)
}
