import type { Context } from '@/lib/platform/context'
import { rewrapSealed } from '@/lib/platform/crypto/seal'
import { connectionTarget } from './present-connection'
import { placeOf } from './read-live-config'
import { findSealed, replaceSecrets } from './store-live'

/**
 * Brings the secrets of every connection of an organization under the current encryption key, without opening them for anybody.
 * May be called again. @throws AppError `internal` when the key of one of them is not configured
 */
export async function rotateSecrets(ctx: Context): Promise<{ rewrapped: number; current: number }> {
  const counts = { rewrapped: 0, current: 0 }
  for (const row of await findSealed(ctx)) {
    if (row.secrets === null) continue
    const from = row.secrets
    const to = rewrapSealed(from, placeOf(row))
    if (to === null) {
      counts.current += 1
      continue
    }
    const target = connectionTarget(row)
    const permit = await ctx.authorize('record', target)
    await ctx.commit(permit, { action: 'connection.rewrap', target }, (tx) => replaceSecrets(tx, row, { from, to }))
    counts.rewrapped += 1
  }
  return counts
}
