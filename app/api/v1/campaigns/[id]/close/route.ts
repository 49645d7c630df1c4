import { serve } from '@/lib/platform/http/serve'
import { closeCampaignEndpoint } from '@/lib/reviews/server/endpoints'

export const POST = serve(closeCampaignEndpoint)
