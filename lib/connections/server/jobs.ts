import { contextForJob } from '@/lib/platform/auth/request-context'
import { isAppError } from '@/lib/platform/errors'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { log } from '@/lib/platform/telemetry/log'
import { applyImport } from './apply-import'

/** Applies one import. A refusal by rule is final and stands on the run; anything else is tried again. */
export const applyImportJob: JobDefinition<{ orgId: string; runId: string }> = {
  queue: 'apply-import',
  retryLimit: 2,
  expireInSeconds: 3600,
  async run({ orgId, runId }) {
    try {
      await applyImport(contextForJob(orgId, 'apply-import'), { id: runId })
    } catch (error) {
      if (!isAppError(error) || error.code === 'upstream_failed') throw error
      log.warn({ runId, code: error.code }, error.message)
    }
  },
}
