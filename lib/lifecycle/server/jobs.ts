import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { log } from '@/lib/platform/telemetry/log'
import { applyRun } from './apply-run'

interface RunJob {
  orgId: string
  runId: string
  [key: string]: string
}

/** Carries one run on. A job that is lost is made up for by `startRunSweep`: what a run needs stands in its row, not in the queue. */
const planned: JobDefinition<RunJob> = {
  queue: 'lifecycle-run',
  retryLimit: 20,
  retryDelay: 1,
  retryDelayMax: 60,
  expireInSeconds: 3600,
  share: { atOnce: 8 },
  async run({ orgId, runId }, signal) {
    try {
      await applyRun(contextForJob(orgId, 'lifecycle'), { id: runId }, signal)
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      log.warn({ err: error, runId }, 'run not carried on')
    }
  },
}

/** Emergencies have a queue and hands of their own: they wait behind nothing that was planned. */
const emergency: JobDefinition<RunJob> = {
  ...planned,
  queue: 'lifecycle-emergency',
  share: { atOnce: 8 },
}

export const lifecycleJobs = [emergency, planned]

/** The queue of a run. */
export const jobOf = ({ isEmergency }: { isEmergency: boolean }): JobDefinition<RunJob> =>
  isEmergency ? emergency : planned
