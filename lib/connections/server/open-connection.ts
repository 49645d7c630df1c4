import type { LiveConnection, LiveConnector } from '@/lib/connectors/live-connector'
import type { Context } from '@/lib/platform/context'
import { openLive } from './open-live'
import { connectionTarget } from './present-connection'
import { openConfig, requireConnector } from './read-live-config'
import { secretKeeper } from './record-secret'
import { findLive } from './store-live'

/** A system that is open, with what of its connection may be known. */
export interface OpenConnection {
  connector: LiveConnector
  connection: LiveConnection
  name: string
}

/**
 * Opens the system of a stored connection for another noun, to ask or to act there. The caller closes it.
 * @throws LiveError of the source; AppError `not_found` when the connection was removed, `forbidden`
 */
export async function openConnection(
  ctx: Context,
  { id, signal }: { id: string; signal: AbortSignal },
): Promise<OpenConnection> {
  const live = await findLive(ctx, id)
  const permit = await ctx.authorize('act', connectionTarget(live))
  const connector = requireConnector(live.connector)
  const keep = secretKeeper(ctx, permit, live)
  const connection = await openLive(connector, { config: openConfig(live), instance: live.instance, signal, keep })
  return { connector, connection, name: live.name }
}
