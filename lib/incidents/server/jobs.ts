import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { log } from '@/lib/platform/telemetry/log'
import { refreshGrants } from './refresh-grants'

/** Puts every open grant to the policies again, after an incident began, changed or ended. */
export const incidentGrantsJob: JobDefinition<{ orgId: string; incidentId: string; [key: string]: string }> = {
  queue: 'incident-grants',
  retryLimit: 50,
  retryDelay: 1,
  retryDelayMax: 60,
  expireInSeconds: 600,
  share: { atOnce: 4 },
  async run({ orgId, incidentId }) {
    try {
      await refreshGrants(contextForJob(orgId, 'incidents'), { id: incidentId })
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      log.warn({ err: error, incidentId }, 'open grants were not put to the policies again')
    }
  },
}
