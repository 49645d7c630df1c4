import type { Context } from '@/lib/platform/context'
import type { CampaignPreview, PreviewCampaignInput } from '../schema'

export async function previewCampaign(_ctx: Context, _input: PreviewCampaignInput): Promise<CampaignPreview> {
  throw new Error('being built')
}
