import { recordEvents } from '@/lib/grants/server/record-events'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { ReviewUseInput, type UseDetail } from '../schema'
import { getUse } from './list-uses'
import { notifyReviewed } from './notify-use'
import { targetOf } from './present-use'
import { findUse, writeUse } from './store'

/**
 * Somebody who had no part in it says whether a use of break-glass was justified, and why: final, and on record.
 * @throws AppError `not_found`, `forbidden` for whoever used it, gained by it or agreed to it; `conflict` when it was reviewed already
 */
export async function reviewUse(ctx: Context, input: ReviewUseInput): Promise<UseDetail> {
  const { id, verdict, findings } = ReviewUseInput.parse(input)
  const use = await findUse(ctx, id)
  const target = targetOf(use)
  const permit = await ctx.authorize('review', target)
  const { actor } = ctx
  const by = actor.name
  const { orgId, isDrill, invokerId, invokerName, grant } = use
  await ctx.commit(
    permit,
    {
      action: 'break_glass.review',
      target,
      reason: findings.necessity.slice(0, 500),
      after: { grantId: id, verdict, findings },
    },
    async (tx) => {
      const change = {
        state: 'reviewed',
        reviewedAt: new Date(),
        reviewerId: actor.id,
        reviewerName: by,
        verdict,
        findings,
      }
      if (!(await writeUse(tx, use, { state: 'to_review' }, change)))
        throw new AppError('conflict', 'It was reviewed already. Look at it again.')
      await recordEvents(tx, { orgId, id }, [{ what: 'reviewed', says: `${by} reviewed it: ${verdict}.`, by }])
      await notifyReviewed(tx, { orgId, id, isDrill, invokerName, invokerId, verdict, subject: grant.subjectName })
    },
  )
  return getUse(ctx, { id })
}
