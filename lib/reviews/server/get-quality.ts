import type { Context } from '@/lib/platform/context'
import type { CampaignQuality, Measures } from '../remedies'
import { campaignTarget } from '../rules'
import { sayFlag } from './map-quality'
import { findCampaign } from './store'
import { findQuality, measure } from './store-quality'

const none: Measures = {
  ...{ decisions: 0, bulkDecisions: 0, medianSeconds: null, p10Seconds: null, p90Seconds: null },
  ...{ certifiedPercent: null, openedPercent: null, nearDeadlinePercent: null, identicalNotesPercent: null },
  ...{ notes: 0, notIndependent: 0, reversedIn30Days: 0 },
}

/** How reviewers decided, as of the last measuring; the whole as of now. @throws AppError `not_found`, `forbidden` */
export async function getQuality(ctx: Context, { id }: { id: string }): Promise<CampaignQuality> {
  const row = await findCampaign(ctx, id)
  const target = campaignTarget(row)
  await ctx.authorize('read', target)
  const [rows, measured, [may]] = await Promise.all([
    findQuality(ctx, id),
    measure(ctx.sql, ctx.tenant.orgId, id),
    ctx.can(['look'], [target]),
  ])
  return {
    all: measured.find(({ stage }) => stage === null)?.measures ?? none,
    reviewers: rows.map(({ reviewer, name, stage, measures, flags, ...look }) => ({
      ...{ reviewer, name, stage, measures },
      flags: flags.map((flag) => ({ flag, says: sayFlag(flag, measures) })),
      secondLook: look.lookState && {
        state: look.lookState,
        by: look.lookBy,
        verdict: look.verdict,
        note: look.note,
        at: look.lookedAt?.toISOString() ?? null,
      },
    })),
    flagged: rows.filter(({ flags }) => flags.length > 0).length,
    asOf: new Date().toISOString(),
    can: { look: may?.look === true },
  }
}

/** The same as a report holds it. */
export async function readQuality(ctx: Context, id: string) {
  const rows = await findQuality(ctx, id)
  return rows.map(({ lookedAt, ...row }) => ({ ...row, lookedAt: lookedAt?.toISOString() ?? null }))
}
