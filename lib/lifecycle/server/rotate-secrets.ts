import type { Context } from '@/lib/platform/context'
import { runTargetOf } from './present-run'
import { findRun } from './store'
import { findHoldingRuns, rewrapSecret } from './store-secrets'

/**
 * Brings the secrets that an organization's runs hold under the current encryption key, without opening them for anybody. May be
 * called again. @throws AppError `internal` when the key of one of them is not configured
 */
export async function rotateHeldSecrets(ctx: Context): Promise<{ rewrapped: number; current: number }> {
  const counts = { rewrapped: 0, current: 0 }
  const { orgId } = ctx.tenant
  for (const { runId, ids } of await findHoldingRuns(ctx)) {
    const target = runTargetOf(await findRun(ctx, runId))
    const permit = await ctx.authorize('carry_out', target)
    const change = { action: 'lifecycle.secret.rewrap', target, after: { runId } }
    await ctx.commit(permit, change, async (tx) => {
      for (const id of ids) counts[(await rewrapSecret(tx, { orgId, id })) ? 'rewrapped' : 'current'] += 1
    })
  }
  return counts
}
