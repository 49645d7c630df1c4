import { contextForJob } from '@/lib/platform/auth/request-context'
import { listOrganizations } from '@/lib/platform/auth/resolve-organization'
import type { Context } from '@/lib/platform/context'
import { log } from '@/lib/platform/telemetry/log'
import { refreshCampaign } from './refresh-campaign'
import { findCampaigns } from './store'

const everyMs = 15_000

/** Carries on every campaign of an organization whose time has come. Answers how many were looked at. */
export async function requestDueCampaigns(ctx: Context, now: Date): Promise<number> {
  const due = await findCampaigns(
    ctx,
    {
      OR: [
        { state: 'scheduled', startsAt: { lte: now } },
        { state: { in: ['active'] }, deadlineAt: { lte: now } },
        { state: { in: ['deciding_silence', 'remediating', 'verifying', 'snapshotting'] } },
      ],
    },
    500,
  )
  for (const { id } of due)
    await refreshCampaign(ctx, { id }, now).catch((error: unknown) =>
      log.error({ err: error, campaignId: id }, 'a campaign could not be carried on'),
    )
  return due.length
}

/** Looks at every organization now and every quarter of a minute, until the answer is called. */
export function startCampaignSweep(): () => void {
  let isRunning = false
  const look = async () => {
    if (isRunning) return
    isRunning = true
    try {
      for (const { id } of await listOrganizations())
        await requestDueCampaigns(contextForJob(id, 'reviews'), new Date())
    } catch (error) {
      log.error({ err: error }, 'due campaigns could not be looked for')
    }
    isRunning = false
  }
  void look()
  const timer = setInterval(() => void look(), everyMs)
  return () => clearInterval(timer)
}
