import { decisionTarget } from '@/lib/decisions/rules'
import type { Context } from '@/lib/platform/context'
import { rewrapAll } from './store'

/**
 * Brings signing keys and what streams send as authorization under the current encryption key, without opening them for anybody. May be
 * called again. @throws AppError `internal` when its key is not configured
 */
export async function rotateSignalSecrets(ctx: Context): Promise<{ rewrapped: number; current: number }> {
  const permit = await ctx.authorize('rewrap', decisionTarget)
  const change = (after: { rewrapped: number; current: number }) => ({
    ...{ action: 'decision.stream.rewrap', target: decisionTarget, after },
  })
  return ctx.commitBulk(permit, change, (bulk) => rewrapAll(bulk))
}
