import type { Context } from '@/lib/platform/context'
import type { CampaignDetail, CloseCampaignInput, EndCampaignInput } from '../schema'

export async function closeCampaign(_ctx: Context, _input: CloseCampaignInput): Promise<CampaignDetail> {
  throw new Error('being built')
}

export async function cancelCampaign(_ctx: Context, _input: EndCampaignInput): Promise<CampaignDetail> {
  throw new Error('being built')
}
