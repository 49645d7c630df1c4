import { serve } from '@/lib/platform/http/serve'
import { createCampaignEndpoint, listCampaignsEndpoint } from '@/lib/reviews/server/endpoints'

export const GET = serve(listCampaignsEndpoint)
export const POST = serve(createCampaignEndpoint)
