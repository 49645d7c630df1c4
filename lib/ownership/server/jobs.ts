import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { log } from '@/lib/platform/telemetry/log'
import { applyOwnerBatches, giveUpOwnerChange } from './apply-owner-batches'

interface RunJob {
  orgId: string
  runId: string
  [key: string]: string
}

const giveUpJob: JobDefinition<RunJob> = {
  queue: 'change-owners-given-up',
  retryLimit: 100,
  retryDelay: 10,
  retryDelayMax: 300,
  expireInSeconds: 300,
  run: ({ orgId, runId }) => giveUpOwnerChange(contextForJob(orgId, 'change-owners'), { id: runId }),
}

/** Changes the owners of many, or takes that back, from where an earlier attempt stopped. One at a time for each organization. */
export const ownerChangeJob: JobDefinition<RunJob> = {
  queue: 'change-owners',
  retryLimit: 6,
  retryDelay: 5,
  retryDelayMax: 60,
  expireInSeconds: 3600,
  givenUp: giveUpJob,
  share: { atOnce: 2, perOrganization: 1 },
  async run({ orgId, runId }, signal) {
    try {
      await applyOwnerBatches(contextForJob(orgId, 'change-owners'), { id: runId }, signal)
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      log.warn({ err: error, runId }, 'change of owners ended')
    }
  },
}
