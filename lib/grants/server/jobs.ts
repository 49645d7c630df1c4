import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { log } from '@/lib/platform/telemetry/log'
import { applyGrant } from './apply-grant'

/** Carries one grant on. A job that is lost is made up for by `startGrantSweep`: what a grant needs stands in its row. */
export const grantJob: JobDefinition<{ orgId: string; grantId: string; [key: string]: string }> = {
  queue: 'access-grant',
  retryLimit: 20,
  retryDelay: 1,
  retryDelayMax: 60,
  expireInSeconds: 600,
  share: { atOnce: 8 },
  async run({ orgId, grantId }, signal) {
    try {
      await applyGrant(contextForJob(orgId, 'grants'), { id: grantId }, signal)
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      log.warn({ err: error, grantId }, 'grant not carried on')
    }
  },
}
