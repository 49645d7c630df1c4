import { requestSync } from '@/lib/connections/server/request-sync'
import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { notifyDrillFinished } from './notify-order'
import { orderTargetOf } from './present-order'
import { type RunRow, writeRun } from './store'
import { type FoundOrder, findOrder, findWaveStates, moveOrder } from './store-orders'
import { wipeSecrets } from './store-secrets'

/** Ends of a run after which the next wave may begin. */
const isWell = (state: string) => ['done', 'restored', 'cancelled', 'overruled'].includes(state)

/**
 * What follows from the end of a run: the next wave of its order, or the order's end; after the first that did not end well no
 * further wave begins. Then the source is read anew, so that the inventory says what the source says. May be called again.
 */
export async function refreshOrder(ctx: Context, run: Pick<RunRow, 'orderId' | 'liveId'>): Promise<void> {
  const order = await findOrder(ctx, run.orderId)
  if (order.state === 'released') await moveOn(ctx, order)
  await readSource(ctx, run.liveId)
}

async function moveOn(ctx: Context, order: FoundOrder): Promise<void> {
  const runs = await findWaveStates(ctx, order.id)
  const open = runs.filter(({ endedAt }) => endedAt === null)
  const begun = open.filter(({ wave }) => wave <= order.wave)
  if (begun.length > 0) return
  const hasFailed = runs.some(({ endedAt, state }) => endedAt !== null && !isWell(state))
  const key = { orgId: order.orgId, id: order.id }
  const target = orderTargetOf(order)
  const permit = await ctx.authorize('follow_up', target)
  const next = order.wave + 1
  if (open.length > 0 && !hasFailed) {
    const change = { action: 'lifecycle.order.wave', target, after: { orderId: order.id, wave: next } }
    await ctx.commit(permit, change, async (tx) => {
      if (!(await moveOrder(tx, key, 'released', { wave: next }))) return
      await tx.lifecycleRun.updateMany({
        where: { orgId: order.orgId, orderId: order.id, wave: next, endedAt: null },
        data: { wakeAt: new Date() },
      })
    })
    return
  }
  const problem = open.length > 0 ? `${open.length} were not begun, because one before them did not end well.` : null
  const change = { action: 'lifecycle.order.end', target, after: { orderId: order.id, problem } }
  await ctx.commit(permit, change, async (tx) => {
    if (!(await moveOrder(tx, key, 'released', { state: 'done', endedAt: new Date(), problem }))) return
    if (order.kind === 'drill') await notifyDrillFinished(tx, order, problem)
    await endUnbegun(
      tx,
      order.orgId,
      open.map(({ id }) => id),
      problem ?? '',
    )
  })
}

/** Ends runs of which nothing was done. */
export async function endUnbegun(tx: Tx, orgId: string, ids: readonly string[], says: string): Promise<void> {
  for (const id of ids) {
    await wipeSecrets(tx, { orgId, runId: id })
    await writeRun(
      tx,
      { orgId, id },
      null,
      { state: 'cancelled', endedAt: new Date(), wakeAt: null, lease: null, leaseUntil: null, problem: null },
      [{ what: 'state', says: `Not begun: ${says}`, data: { state: 'cancelled' } }],
    )
  }
}

/** The inventory says what the source says. One that is under way already, or a paused connection, is no reason to fail. */
async function readSource(ctx: Context, liveId: string): Promise<void> {
  try {
    await requestSync(ctx, { id: liveId })
  } catch (error) {
    if (!isAppError(error)) throw error
    if (error.code !== 'conflict' && error.code !== 'not_found') log.warn({ err: error, liveId }, 'no sync after a run')
  }
}
