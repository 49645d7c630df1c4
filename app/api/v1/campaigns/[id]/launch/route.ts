import { serve } from '@/lib/platform/http/serve'
import { launchCampaignEndpoint } from '@/lib/reviews/server/endpoints'

export const POST = serve(launchCampaignEndpoint)
