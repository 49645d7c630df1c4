import { serve } from '@/lib/platform/http/serve'
import { reportCampaignEndpoint } from '@/lib/reviews/server/endpoints-remedies'

export const GET = serve(reportCampaignEndpoint)
