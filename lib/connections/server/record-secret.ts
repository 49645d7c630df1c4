import type { LiveSetting } from '@/lib/connectors/live-contract'
import { Secret } from '@/lib/connectors/secret'
import type { Context } from '@/lib/platform/context'
import { openSealed } from '@/lib/platform/crypto/seal'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { connectionTarget } from './present-connection'
import { placeOf, sealSecrets } from './read-live-config'
import { findLive, replaceSecrets } from './store-live'

/** As often it is tried again when somebody else changed the secrets in between. */
const tries = 5

/**
 * Stores what a source makes of a secret of its connection: a registration access token that it changed. The rest of the secrets
 * stays as it is stored by then, whoever changed it. @throws AppError `conflict`, `not_found` when the connection was removed
 */
export function secretKeeper(ctx: Context, permit: Permit, { id }: { id: string }): NonNullable<LiveSetting['keep']> {
  return async (field, revise) => {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const live = await findLive(ctx, id)
      if (live.secrets === null) throw new AppError('not_found', 'This connection was removed in the meantime.')
      const from = live.secrets
      const stored = JSON.parse(openSealed(from, placeOf(live))) as Record<string, string>
      const held = stored[field]
      const revised = held === undefined ? undefined : revise(held)
      if (revised === undefined || revised === held) return
      const secrets = Object.entries({ ...stored, [field]: revised }).map(([name, text]) => [name, new Secret(text)])
      const to = sealSecrets(live, Object.fromEntries(secrets))
      const change = { action: 'connection.keep', target: connectionTarget(live), after: { field } }
      if (await ctx.commit(permit, change, (tx) => replaceSecrets(tx, live, { from, to }))) return
    }
    throw new AppError('conflict', 'The secrets of this connection are being changed by somebody else.')
  }
}
