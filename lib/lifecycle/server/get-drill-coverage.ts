import type { Context } from '@/lib/platform/context'
import type { DrillCoverage } from '../drills'
import { listRevokeTimes, measuredDays } from './list-revoke-times'
import { countCoverage, findUncovered } from './store-drills'
import { findSettings } from './store-orders'

const shown = 50

/** Of the identities that reach furthest, whose end of access was measured in the last 90 days. @throws AppError `forbidden` */
export async function getDrillCoverage(ctx: Context): Promise<DrillCoverage> {
  await ctx.plan('list', 'drill_plan')
  const { secondPersonScore: fromScore } = await findSettings(ctx)
  const since = new Date(Date.now() - measuredDays * 86_400_000)
  const [counts, missing, times] = await Promise.all([
    countCoverage(ctx, fromScore, since),
    findUncovered(ctx, fromScore, since, shown),
    listRevokeTimes(ctx),
  ])
  return {
    ...{ fromScore, days: measuredDays, ...counts },
    missing: missing.map(({ liveId, liveName, lastAt, score, ...row }) => ({
      ...row,
      score: Math.round(score * 10) / 10,
      connection: liveId === null ? null : { id: liveId, name: liveName ?? '' },
      lastAt: lastAt?.toISOString() ?? null,
    })),
    times: times ?? [],
    asOf: new Date().toISOString(),
  }
}
