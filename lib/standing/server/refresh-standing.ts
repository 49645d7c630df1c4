import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { log } from '@/lib/platform/telemetry/log'
import { standingTarget } from './list-standing'
import { findStandingState, writeStanding } from './store'

/** What depends on the clock alone, as a right whose end is taken off by nobody's sync, is looked at so often. */
const everyMs = 3_600_000
const sweepMs = 15_000

/**
 * Works out anew who holds access without an end, if the inventory, the grants or the members have changed since. May be called at
 * any time and by several at once. Answers how many lines changed; null = nothing had to be done.
 */
export async function refreshStanding(ctx: Context): Promise<number | null> {
  const state = await findStandingState(ctx)
  const isFresh = state.refreshedAt !== null && Date.now() - state.refreshedAt.getTime() < everyMs
  if (isFresh && state.seen === state.now) return null
  const permit = await ctx.authorize('refresh', standingTarget)
  return ctx.commitPart(permit, (bulk) => writeStanding(bulk, state.now))
}

/** Looks every quarter of a minute, until the answer is called. One organization that fails keeps nobody else from theirs. */
export function startStandingSweep(): () => void {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    const organizations = await listOrganizations().catch((error: unknown) => {
      log.error({ err: error }, 'standing access could not be looked at')
      return []
    })
    for (const { id } of organizations)
      await refreshStanding(contextForJob(id, 'standing')).catch((error: unknown) =>
        log.error({ err: error, orgId: id }, 'standing access could not be refreshed'),
      )
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), sweepMs)
  return () => clearInterval(timer)
}
