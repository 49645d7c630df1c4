import { contextForJob } from '@/lib/platform/auth/request-context'
import type { JobDefinition } from '@/lib/platform/jobs/boss'
import { refreshCampaign } from './refresh-campaign'

/** Carries a campaign on: a stage that is through, a deadline that has passed. What is lost is made up for by `startCampaignSweep`. */
export const carryOnJob: JobDefinition<{ orgId: string; campaignId: string; [key: string]: string }> = {
  queue: 'review-campaign',
  retryLimit: 5,
  retryDelay: 2,
  retryDelayMax: 60,
  expireInSeconds: 1800,
  async run({ orgId, campaignId }) {
    await refreshCampaign(contextForJob(orgId, 'reviews'), { id: campaignId })
  },
}
