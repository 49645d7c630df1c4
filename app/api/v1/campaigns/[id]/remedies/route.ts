import { serve } from '@/lib/platform/http/serve'
import { listRemediesEndpoint } from '@/lib/reviews/server/endpoints-remedies'

export const GET = serve(listRemediesEndpoint)
