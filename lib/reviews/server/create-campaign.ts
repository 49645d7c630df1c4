import type { Context } from '@/lib/platform/context'
import type { CampaignDetail, CreateCampaignInput } from '../schema'

export async function createCampaign(_ctx: Context, _input: CreateCampaignInput): Promise<CampaignDetail> {
  throw new Error('being built')
}
