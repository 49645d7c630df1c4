import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { ById, Order, OrderPage, OrderQuery } from '../schema'
import { orderTargetOf, presentOrder, presentOrders } from './present-order'
import { findOrder, findOrders } from './store-orders'

/** A page of orders, newest first. @throws AppError `forbidden`, `invalid_input` for a bad cursor */
export async function listOrders(ctx: Context, { state, cursor, limit }: OrderQuery): Promise<OrderPage> {
  await ctx.plan('list', 'lifecycle_order')
  const list = `orders:${state ?? ''}:${ctx.tenant.orgId}`
  const before = cursor === undefined ? undefined : decodeCursor(list, cursor, z.tuple([z.uuid()]))[0]
  const found = await findOrders(ctx, state ? { state } : {}, limit + 1, before)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: await presentOrders(ctx, shown),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.id]) : null,
  }
}

/** One order with its runs. @throws AppError `not_found`, `forbidden` */
export async function getOrder(ctx: Context, { id }: ById): Promise<Order> {
  const order = await findOrder(ctx, id)
  await ctx.authorize('read', orderTargetOf(order))
  return presentOrder(ctx, order)
}
