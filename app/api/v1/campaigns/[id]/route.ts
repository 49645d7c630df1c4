import { serve } from '@/lib/platform/http/serve'
import { deleteCampaignEndpoint, getCampaignEndpoint, updateCampaignEndpoint } from '@/lib/reviews/server/endpoints'

export const GET = serve(getCampaignEndpoint)
export const PATCH = serve(updateCampaignEndpoint)
export const DELETE = serve(deleteCampaignEndpoint)
