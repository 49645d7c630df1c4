import { requireOwner } from '@/lib/identities/server/assign-owner'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type Connection, UpdateConnectionInput } from '../live'
import { presentOne } from './get-connection'
import { connectionTarget } from './present-connection'
import { mergeConfig, requireConnector, sealSecrets } from './read-live-config'
import { findLive, replaceSecrets, writeLive } from './store-live'
import { discardMark } from './store-marks'

const changedMeanwhile = 'A secret of this connection was changed in this moment. Load the page again, then save.'

/**
 * Changes what is given of a connection. Secrets that are not given stay; when another setting of the configuration changes they
 * have to be given again, or they could be sent to somebody else's server.
 * @throws AppError `invalid_input`, `not_found`, `forbidden`, `conflict` when a secret was changed in the same moment
 */
export async function updateConnection(ctx: Context, given: UpdateConnectionInput): Promise<Connection> {
  const { id, config, ...input } = UpdateConnectionInput.parse(given)
  const live = await findLive(ctx, id)
  const target = connectionTarget(live)
  const permit = await ctx.authorize('update', target)
  if (input.ownerKey) await requireOwner(ctx, input.ownerKey)
  const merged = config && mergeConfig(requireConnector(live.connector), live, config)
  const { name, environment, ownerKey, intervalMinutes, status } = live
  const before = { name, environment, ownerKey, intervalMinutes, status }
  const after = { ...before, ...input }
  const isRescheduled = after.intervalMinutes !== intervalMinutes || after.status !== status
  const change = {
    action: 'connection.update',
    target,
    before: { ...before, ...(merged ? { config: live.config } : {}) },
    after: {
      ...after,
      ...(merged ? { config: merged.plain, secretsChanged: secretsIn(config ?? {}, merged.secrets) } : {}),
    },
  }
  await ctx.commit(permit, change, async (tx) => {
    await writeLive(tx, live, {
      ...after,
      ...(isRescheduled ? { nextSyncAt: after.intervalMinutes === null ? null : new Date() } : {}),
      ...(merged ? { config: merged.plain } : {}),
    })
    // What is not told again was read by the settings before, or placed by the environment before.
    if (merged || after.environment !== environment) await discardMark(tx, live, 'Its settings were changed.')
    if (!merged || !live.secrets) return
    const secrets = { from: live.secrets, to: sealSecrets(live, merged.secrets) }
    // One that the source has changed in this moment would be lost, and nobody else knows it.
    if (!(await replaceSecrets(tx, live, secrets))) throw new AppError('conflict', changedMeanwhile)
  })
  return presentOne(ctx, await findLive(ctx, id))
}

/** The names of the secrets that were given anew. */
function secretsIn(given: object, secrets: object): string[] {
  return Object.keys(secrets).filter((name) => Object.hasOwn(given, name))
}
