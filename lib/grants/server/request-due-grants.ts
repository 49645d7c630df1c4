import { contextForJob } from '@/lib/platform/auth/request-context'
import { enqueue } from '@/lib/platform/jobs/boss'
import { log } from '@/lib/platform/telemetry/log'
import { grantTarget } from '../rules'
import { grantJob } from './jobs'
import { findDueGrants, findGrant, touchGrant } from './store'

const everyMs = 1000

/** Queues every grant that nobody has and whose time has come: its end, or a look after something failed. Answers how many. */
export async function requestDueGrants(): Promise<number> {
  const due = await findDueGrants()
  for (const { orgId, id } of due) {
    const ctx = contextForJob(orgId, 'grants')
    const permit = await ctx.authorize('carry_out', grantTarget(await findGrant(ctx, id)))
    await ctx.commitPart(permit, async (bulk) => {
      if (await touchGrant(bulk, id)) await enqueue(bulk, grantJob, { orgId, grantId: id })
    })
  }
  return due.length
}

/** Looks every second, until the answer is called. */
export function startGrantSweep(): () => void {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    await requestDueGrants().catch((error: unknown) => log.error({ err: error }, 'due grants could not be queued'))
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), everyMs)
  return () => clearInterval(timer)
}
