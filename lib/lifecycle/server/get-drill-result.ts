import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { DrillFigures, DrillResult } from '../drills'
import type { EndState } from '../engine/steps'
import type { ById } from '../schema'
import { cutTimes, drillFigures, termsOf } from './map-drill'
import { presentDrillRun } from './present-drill'
import { runTargetOf } from './present-run'
import { findRun } from './store'
import { findAllProbes, findRunBefore } from './store-drills'

const shownTries = 2000

/** What a drill's run has shown so far, beside the one before it. @throws AppError `not_found`, `forbidden` */
export async function getDrillResult(ctx: Context, { id }: ById): Promise<DrillResult> {
  const run = await findRun(ctx, id)
  await ctx.authorize('read', runTargetOf(run))
  if (run.drillPlanId === null) throw new AppError('not_found', 'This run is no drill.')
  const { orgId } = ctx.tenant
  const [plan, probes, before] = await Promise.all([
    ctx.db.drillPlan.findUnique({ where: { orgId_id: { orgId, id: run.drillPlanId } }, select: { name: true } }),
    findAllProbes(ctx.db, { orgId, runId: id }),
    findRunBefore(ctx, run),
  ])
  const terms = termsOf(run)
  const { cutAt, closedAt } = cutTimes(run.steps)
  const figures = drillFigures(run, probes, run.endedAt === null ? null : (run.state as EndState))
  const shown = probes.filter(({ hop, at }) => hop !== 'new' && (closedAt === null || at < closedAt))
  return {
    run: presentDrillRun(run),
    ...{ planId: run.drillPlanId, planName: plan?.name ?? '' },
    ...{ canary: terms.canary, canaryName: terms.account?.name ?? null },
    ...{
      withinSeconds: terms.withinSeconds,
      waitSeconds: terms.waitSeconds,
      documentedSeconds: terms.documentedSeconds,
    },
    cutAt: cutAt?.toISOString() ?? null,
    figures,
    previous:
      before?.result == null
        ? null
        : { runId: before.id, at: before.createdAt.toISOString(), figures: before.result as unknown as DrillFigures },
    tries: shown.slice(-shownTries).map(({ hop, at, answer, evidence }) => ({
      hop,
      seconds: (at.getTime() - (cutAt ?? run.createdAt).getTime()) / 1000,
      answer: answer as 'accepted',
      evidence: evidence as 'login',
    })),
    asOf: new Date().toISOString(),
  }
}
