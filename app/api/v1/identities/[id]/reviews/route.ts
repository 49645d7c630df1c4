import { serve } from '@/lib/platform/http/serve'
import { listIdentityReviewsEndpoint } from '@/lib/reviews/server/endpoints-items'

export const GET = serve(listIdentityReviewsEndpoint)
