import type { Context } from '@/lib/platform/context'
import type { ConnectionList } from '../live'
import { connectionTarget, presentConnections } from './present-connection'
import { findLives } from './store-live'

/** The organization's live connections by name, at most 500, each with its last sync. @throws AppError `forbidden` */
export async function listConnections(ctx: Context): Promise<ConnectionList> {
  const { where } = await ctx.plan('list', 'connection')
  const items = await presentConnections(ctx, await findLives(ctx, where))
  const [may] = await ctx.can(['create'], [connectionTarget({ id: 'new', name: 'new connection' })])
  return { items, can: { create: may?.create === true } }
}
