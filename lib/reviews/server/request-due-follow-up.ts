import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { log } from '@/lib/platform/telemetry/log'
import { launchDue } from './launch-due'
import { launchTriggered } from './launch-triggered'
import { remediateItems } from './remediate-items'
import { remindReviewers } from './remind-reviewers'
import { scoreQuality } from './score-quality'

const remedyMs = 3000
const otherMs = 30_000

/** Does a piece of work for every organization, again and again, never twice at a time; one that fails keeps no other from its own. */
function every(ms: number, what: string, work: (ctx: Context) => Promise<unknown>): () => void {
  let isRunning = false
  const look = async () => {
    if (isRunning) return
    isRunning = true
    for (const { id } of await listOrganizations().catch(() => []))
      await work(contextForJob(id, 'reviews')).catch((error: unknown) =>
        log.error({ err: error, orgId: id }, `${what} could not be done`),
      )
    isRunning = false
  }
  void look()
  const timer = setInterval(() => void look(), ms)
  return () => clearInterval(timer)
}

/** Everything that follows from campaigns by itself, until the answer is called: remediation, and what has its time. */
export function startReviewFollowUp(): () => void {
  const ends = new AbortController()
  const stops = [
    every(remedyMs, 'remediation of reviews', (ctx) => remediateItems(ctx, ends.signal)),
    every(otherMs, 'reminders of reviews', (ctx) => remindReviewers(ctx, new Date())),
    every(otherMs, 'campaigns that are due', (ctx) => launchDue(ctx, new Date())),
    every(otherMs, 'campaigns by events', launchTriggered),
    every(otherMs, 'quality of reviews', scoreQuality),
  ]
  return () => {
    ends.abort()
    for (const stop of stops) stop()
  }
}
