import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { ById, Order } from '../schema'
import { notifyDecided } from './notify-order'
import { orderTargetOf, presentOrder } from './present-order'
import { endUnbegun } from './refresh-order'
import { findOrder, moveOrder } from './store-orders'

/**
 * Takes back an order that waits for a second person: nothing of it has begun.
 * @throws AppError `not_found`, `forbidden`; `conflict` when somebody has decided already
 */
export async function cancelOrder(ctx: Context, { id }: ById): Promise<Order> {
  const order = await findOrder(ctx, id)
  const target = orderTargetOf(order)
  const permit = await ctx.authorize('withdraw', target)
  if (order.state !== 'waiting') throw new AppError('conflict', 'Somebody has decided on this order already.')
  const { orgId } = ctx.tenant
  await ctx.commit(permit, { action: 'lifecycle.order.withdraw', target, after: { orderId: id } }, async (tx) => {
    if (!(await moveOrder(tx, { orgId, id }, 'waiting', { state: 'withdrawn', endedAt: new Date() })))
      throw new AppError('conflict', 'Somebody decided in the meantime.')
    await notifyDecided(tx, order, { says: `${ctx.actor.name} took it back`, by: ctx.actor.id, note: null })
    await endUnbegun(
      tx,
      orgId,
      order.runs.filter(({ endedAt }) => endedAt === null).map((run) => run.id),
      `${ctx.actor.name} took the order back.`,
    )
  })
  return presentOrder(ctx, await findOrder(ctx, id))
}
