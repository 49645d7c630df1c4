import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import { log } from '@/lib/platform/telemetry/log'
import { expireSignals, recordSignals, sendSignals } from './send-signals'
import { findTelling } from './store'

const everyMs = 1000
const expireEveryMs = 3_600_000

/** One look: what has changed becomes events, and what is due is sent. One organization's trouble is no other's. */
export async function requestDueSignals(): Promise<void> {
  await Promise.all(
    (await findTelling()).map(async (orgId) => {
      const ctx = contextForJob(orgId, 'signals')
      await recordSignals(ctx)
        .then(() => sendSignals(ctx))
        .catch((error: unknown) => log.error({ err: error, org: orgId }, 'security events could not be sent'))
    }),
  )
}

async function expireAll(): Promise<void> {
  for (const { id } of await listOrganizations()) await expireSignals(contextForJob(id, 'signals'))
}

/** Looks every second, until the answer is called. */
export function startSignalSweep(): () => void {
  let isRunning = false
  const run = async () => {
    if (isRunning) return
    isRunning = true
    await requestDueSignals().catch((error: unknown) => log.error({ err: error }, 'security events could not be sent'))
    isRunning = false
  }
  const expire = () =>
    void expireAll().catch((error: unknown) => log.error({ err: error }, 'old changes could not be let go of'))
  void run()
  expire()
  const timers = [setInterval(() => void run(), everyMs), setInterval(expire, expireEveryMs)]
  return () => timers.forEach(clearInterval)
}
