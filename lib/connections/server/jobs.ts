import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { log } from '@/lib/platform/telemetry/log'
import { applyImport, giveUpImport } from './apply-import'
import { giveUpSync, syncConnection } from './sync-connection'

interface ApplyJob {
  orgId: string
  runId: string
  [key: string]: string
}

/** Ends a run whose every attempt failed; tried for some hours, as what failed may be away for so long. */
const giveUpJob: JobDefinition<ApplyJob> = {
  queue: 'apply-import-given-up',
  retryLimit: 100,
  retryDelay: 10,
  retryDelayMax: 300,
  expireInSeconds: 300,
  run: ({ orgId, runId }) => giveUpImport(contextForJob(orgId, 'apply-import'), { id: runId }),
}

/** Applies one import. A refusal by rule is final and stands on the run; anything else is tried again for some minutes. */
export const applyImportJob: JobDefinition<ApplyJob> = {
  queue: 'apply-import',
  retryLimit: 6,
  retryDelay: 5,
  retryDelayMax: 60,
  expireInSeconds: 3600,
  givenUp: giveUpJob,
  async run({ orgId, runId }) {
    try {
      await applyImport(contextForJob(orgId, 'apply-import'), { id: runId })
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      log.warn({ err: error, runId }, 'import not applied')
    }
  },
}

const giveUpSyncJob: JobDefinition<ApplyJob> = {
  ...giveUpJob,
  queue: 'sync-connection-given-up',
  run: ({ orgId, runId }) => giveUpSync(contextForJob(orgId, 'sync-connection'), { id: runId }),
}

/** Reads one live connection. Several at once, as they wait for their sources; of one organization two, so that others have their turn. */
export const syncConnectionJob: JobDefinition<ApplyJob> = {
  queue: 'sync-connection',
  retryLimit: 4,
  retryDelay: 10,
  retryDelayMax: 120,
  expireInSeconds: 6 * 3600,
  givenUp: giveUpSyncJob,
  share: { atOnce: 4, perOrganization: 2 },
  async run({ orgId, runId }, signal) {
    try {
      await syncConnection(contextForJob(orgId, 'sync-connection'), { id: runId }, signal)
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      log.warn({ err: error, runId }, 'sync ended')
    }
  },
}
