import { contextForJob } from '@/lib/platform/auth/request-context'
import { enqueue } from '@/lib/platform/jobs/boss'
import { log } from '@/lib/platform/telemetry/log'
import { jobOf } from './jobs'
import { runTargetOf } from './present-run'
import { findDueRuns, findRun, touchRun } from './store'

const everyMs = 1000

/**
 * Queues every run that nobody has and whose time has come: a wait that is over, or one whose worker was killed. Answers how many.
 */
export async function requestDueRuns(): Promise<number> {
  const due = await findDueRuns()
  for (const { orgId, id } of due) {
    const ctx = contextForJob(orgId, 'lifecycle')
    const run = await findRun(ctx, id)
    const permit = await ctx.authorize('carry_out', runTargetOf(run))
    await ctx.commitPart(permit, async (bulk) => {
      // Looked at again in a while, should the job be lost.
      if (await touchRun(bulk, id)) await enqueue(bulk, jobOf(run), { orgId, runId: id })
    })
  }
  return due.length
}

/** Looks every second, until the answer is called. */
export function startRunSweep(): () => void {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    await requestDueRuns().catch((error: unknown) => log.error({ err: error }, 'due runs could not be queued'))
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), everyMs)
  return () => clearInterval(timer)
}
