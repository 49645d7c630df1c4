import { requireOwner } from '@/lib/identities/server/assign-owner'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { type Connection, CreateConnectionInput } from '../live'
import { presentOne } from './get-connection'
import { connectionTarget } from './present-connection'
import { readLiveConfig, requireConnector, sealSecrets } from './read-live-config'
import { findLive, insertLive } from './store-live'

/**
 * Stores a connection to a running system; its secrets are sealed and never given back. Its first sync is due at once, unless it
 * only syncs when somebody asks.
 * @throws AppError `invalid_input` with the fields that are wrong; `conflict` when there is one to this source already
 */
export async function createConnection(ctx: Context, given: CreateConnectionInput): Promise<Connection> {
  const { config, ...input } = CreateConnectionInput.parse(given)
  const row = { orgId: ctx.tenant.orgId, id: uuidv7() }
  const target = connectionTarget({ id: row.id, name: input.name })
  const permit = await ctx.authorize('create', target)
  const connector = requireConnector(input.connector)
  const { plain, secrets } = readLiveConfig(connector, config)
  if (input.ownerKey) await requireOwner(ctx, input.ownerKey)
  await ctx.commit(permit, { action: 'connection.create', target, after: { ...input, config: plain } }, (tx) =>
    insertLive(tx, {
      ...row,
      ...input,
      config: plain,
      secrets: sealSecrets(row, secrets),
      nextSyncAt: input.intervalMinutes === null ? null : new Date(),
      createdBy: ctx.actor.id,
      createdByLabel: ctx.actor.name,
    }),
  )
  return presentOne(ctx, await findLive(ctx, row.id))
}
