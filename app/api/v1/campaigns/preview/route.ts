import { serve } from '@/lib/platform/http/serve'
import { previewCampaignEndpoint } from '@/lib/reviews/server/endpoints'

export const POST = serve(previewCampaignEndpoint)
