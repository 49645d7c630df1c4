import type { Context } from '@/lib/platform/context'
import type { CampaignDetail, LaunchCampaignInput } from '../schema'

export async function launchCampaign(_ctx: Context, _input: LaunchCampaignInput): Promise<CampaignDetail> {
  throw new Error('being built')
}
