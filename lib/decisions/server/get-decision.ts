import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { decisionTarget, explainReason, grantIdOf, requestPathOf, unknownOf } from '../rules'
import type { DecisionDetail } from '../schema'
import { presentDecision } from './list-decisions'
import { findDecision } from './store-log'

/** One answer with what the policy saw, and why it was so. @throws AppError `not_found` */
export async function getDecision(ctx: Context, { id }: { id: string }): Promise<DecisionDetail> {
  await ctx.authorize('read', decisionTarget)
  const row = await findDecision(ctx, id)
  if (!row) throw new AppError('not_found', 'There is no such decision.')
  const facts = row.facts ?? {}
  return {
    ...presentDecision(row),
    facts,
    grantId: grantIdOf(facts),
    requestPath: requestPathOf(row),
    explanation: { ...explainReason(row.reason), unknown: unknownOf(facts) },
  }
}
