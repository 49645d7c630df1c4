import { serve } from '@/lib/platform/http/serve'
import { getQualityEndpoint } from '@/lib/reviews/server/endpoints-remedies'

export const GET = serve(getQualityEndpoint)
