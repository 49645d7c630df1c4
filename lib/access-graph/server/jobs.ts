import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { log } from '@/lib/platform/telemetry/log'
import { refreshScores } from './refresh-scores'

interface ScoreJob {
  orgId: string
  /** The rows that the change touched, with commas between; '' = not known, or too many. */
  changed: string
  [key: string]: string
}

/** Brings an organization's scores up to date after its graph changed. The first of several jobs does the work of all. */
export const refreshScoresJob: JobDefinition<ScoreJob> = {
  queue: 'refresh-scores',
  retryLimit: 5,
  retryDelay: 5,
  retryDelayMax: 120,
  expireInSeconds: 3600,
  async run({ orgId, changed }) {
    const outcome = await refreshScores(
      contextForJob(orgId, 'refresh-scores'),
      changed === '' ? undefined : changed.split(','),
    )
    log.info({ orgId, ...outcome }, 'scores refreshed')
  },
}
