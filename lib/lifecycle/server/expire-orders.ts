import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { log } from '@/lib/platform/telemetry/log'
import { findReappeared } from './find-reappeared'
import { notifyDecided } from './notify-order'
import { orderTargetOf } from './present-order'
import { endUnbegun, refreshOrder } from './refresh-order'
import { findLapsedOrders, findOrder, findSettledRuns, moveOrder } from './store-orders'

const everyMs = 60_000

/**
 * Closes orders to which nobody agreed in time, so that the accounts in them are free again, and those whose worker died between the
 * end of their last run and what follows from it. At most 100 of each at a time. Answers how many.
 */
export async function expireOrders(ctx: Context, now: Date): Promise<number> {
  const { orgId } = ctx.tenant
  const lapsed = await findLapsedOrders(ctx, now)
  for (const id of lapsed) {
    const order = await findOrder(ctx, id)
    const target = orderTargetOf(order)
    const permit = await ctx.authorize('follow_up', target)
    await ctx.commit(permit, { action: 'lifecycle.order.expire', target, after: { orderId: id } }, async (tx) => {
      if (!(await moveOrder(tx, { orgId, id }, 'waiting', { state: 'expired', endedAt: now }))) return
      await notifyDecided(tx, order, { says: 'nobody agreed in time', by: null, note: null })
      const open = order.runs.filter(({ endedAt }) => endedAt === null).map((run) => run.id)
      await endUnbegun(tx, orgId, open, 'Nobody agreed in time.')
    })
  }
  const settled = await findSettledRuns(ctx, new Date(now.getTime() - everyMs))
  for (const run of settled) await refreshOrder(ctx, run)
  return lapsed.length + settled.length
}

/** Looks at the orders of every organization, and at what is there again, now and every minute, until the answer is called. */
export function startOrderExpiry(): () => void {
  const expire = async () => {
    for (const { id } of await listOrganizations()) {
      const ctx = contextForJob(id, 'lifecycle')
      await expireOrders(ctx, new Date())
      await findReappeared(ctx)
    }
  }
  const run = () => void expire().catch((error: unknown) => log.error({ err: error }, 'orders could not be expired'))
  run()
  const timer = setInterval(run, everyMs)
  return () => clearInterval(timer)
}
