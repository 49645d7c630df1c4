import type { Context } from '@/lib/platform/context'
import { decisionTarget } from '../rules'
import { rewrapSources } from './store-sources'

/**
 * Brings the secrets of an organization's context sources under the current encryption key, without opening them for anybody. May be
 * called again. @throws AppError `internal` when its key is not configured
 */
export async function rotateSourceSecrets(ctx: Context): Promise<{ rewrapped: number; current: number }> {
  const permit = await ctx.authorize('rewrap', decisionTarget)
  const change = (after: { rewrapped: number; current: number }) => ({
    ...{ action: 'decision.source.rewrap', target: decisionTarget, after },
  })
  return ctx.commitBulk(permit, change, (bulk) => rewrapSources(bulk))
}
