import { serve } from '@/lib/platform/http/serve'
import { cancelCampaignEndpoint } from '@/lib/reviews/server/endpoints'

export const POST = serve(cancelCampaignEndpoint)
