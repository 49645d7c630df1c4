import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import { queueSync } from './request-sync'
import { findDue } from './store-live'

const everyMs = 60_000

/** Queues a sync for each connection of an organization whose time has come. Answers how many. */
export async function requestDueSyncs(ctx: Context, now: Date): Promise<number> {
  let queued = 0
  for (const live of await findDue(ctx, now)) {
    try {
      await queueSync(ctx, live, now)
      queued += 1
    } catch (error) {
      // Still under way, or another worker was first: its turn comes again.
      if (!isAppError(error) || error.code !== 'conflict') throw error
    }
  }
  return queued
}

/** Looks every minute over all organizations, until the answer is called. */
export function startSyncSchedule(): () => void {
  let isRunning = false
  const look = async () => {
    for (const { id } of await listOrganizations()) {
      const queued = await requestDueSyncs(contextForJob(id, 'sync-schedule'), new Date())
      if (queued > 0) log.info({ orgId: id, queued }, 'syncs queued')
    }
  }
  const run = async () => {
    if (isRunning) return
    isRunning = true
    await look().catch((error: unknown) => log.error({ err: error }, 'due syncs could not be queued'))
    isRunning = false
  }
  void run()
  const timer = setInterval(() => void run(), everyMs)
  return () => clearInterval(timer)
}
