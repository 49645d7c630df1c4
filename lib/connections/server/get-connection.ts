import type { Context } from '@/lib/platform/context'
import type { Connection } from '../live'
import { connectionTarget, presentConnections } from './present-connection'
import { findLive } from './store-live'

/** One live connection with its last sync. @throws AppError `not_found`, `forbidden` */
export async function getConnection(ctx: Context, input: { id: string }): Promise<Connection> {
  const live = await findLive(ctx, input.id)
  await ctx.authorize('read', connectionTarget(live))
  return presentOne(ctx, live)
}

/** For whoever has just been allowed to change it. */
export async function presentOne(ctx: Context, live: Awaited<ReturnType<typeof findLive>>): Promise<Connection> {
  const [shown] = await presentConnections(ctx, [live])
  if (!shown) throw new Error('one connection in, one connection out')
  return shown
}
