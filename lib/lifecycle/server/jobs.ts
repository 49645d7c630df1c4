import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { log } from '@/lib/platform/telemetry/log'
import { applyRun } from './apply-run'
import { refreshDue } from './refresh-due'

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

/** Works out what is due after a policy has changed; the schedule would come to it within a quarter of a minute. */
export const refreshDueJob: JobDefinition<{ orgId: string; [key: string]: string }> = {
  queue: 'rotation-due',
  retryLimit: 3,
  retryDelay: 2,
  retryDelayMax: 60,
  expireInSeconds: 600,
  async run({ orgId }) {
    await refreshDue(contextForJob(orgId, 'rotation-schedule'))
  },
}

export const lifecycleJobs = [emergency, planned, refreshDueJob] as const

/** The queue of a run. */
export const jobOf = ({ isEmergency }: { isEmergency: boolean }): JobDefinition<RunJob> =>
  isEmergency ? emergency : planned
