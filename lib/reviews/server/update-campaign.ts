import type { Context } from '@/lib/platform/context'
import type { ById, CampaignDetail, UpdateCampaignInput } from '../schema'

export async function updateCampaign(_ctx: Context, _input: UpdateCampaignInput): Promise<CampaignDetail> {
  throw new Error('being built')
}

export async function deleteCampaign(_ctx: Context, _input: ById): Promise<void> {
  throw new Error('being built')
}
