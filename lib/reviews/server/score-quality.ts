import type { Context } from '@/lib/platform/context'
import { campaignTarget } from '../rules'
import { CampaignRules } from '../templates'
import { flagsOf } from './map-quality'
import { findUnmeasured, measure, writeQuality } from './store-quality'

/** Measures how reviewers decided, wherever something was signed off since, and flags what wants a second look. Answers how many campaigns. */
export async function scoreQuality(ctx: Context): Promise<number> {
  const found = await findUnmeasured(ctx)
  for (const campaign of found) {
    const rules = CampaignRules.parse(campaign.rules).quality
    const target = campaignTarget(campaign)
    const permit = await ctx.authorize('carry_on', target)
    const measured = await measure(ctx.sql, ctx.tenant.orgId, campaign.id)
    const rows = measured.flatMap(({ stage, reviewer, measures }) =>
      stage === null || reviewer === null ? [] : [{ stage, reviewer, measures, flags: flagsOf(measures, rules) }],
    )
    const flagged = rows.filter(({ flags }) => flags.length > 0)
    const after = {
      reviewers: rows.length,
      flagged: flagged.slice(0, 100).map(({ stage, reviewer, flags }) => ({ stage, reviewer, flags })),
    }
    await ctx.commitBulk(permit, { action: 'review.quality.measure', target, after }, (bulk) =>
      writeQuality(bulk, campaign.id, rows),
    )
  }
  return found.length
}
