import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { isWorthRetrying } from '@/lib/platform/jobs/worth-retrying'
import { applyReplay, recordReplayFailure } from './apply-replay'

/** Puts a version to recorded decisions. Another worker goes on where one was ended. */
export const replayJob: JobDefinition<{ orgId: string; trialId: string; [key: string]: string }> = {
  queue: 'policy-replay',
  retryLimit: 5,
  retryDelay: 2,
  retryDelayMax: 60,
  expireInSeconds: 3600,
  share: { atOnce: 1 },
  async run({ orgId, trialId }, signal) {
    const ctx = contextForJob(orgId, 'policies')
    try {
      await applyReplay(ctx, { id: trialId }, signal)
    } catch (error) {
      if (isWorthRetrying(error)) throw error
      await recordReplayFailure(ctx, { id: trialId }, error)
    }
  },
}
