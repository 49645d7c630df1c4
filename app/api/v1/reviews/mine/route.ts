import { serve } from '@/lib/platform/http/serve'
import { listMyReviewsEndpoint } from '@/lib/reviews/server/endpoints-items'

export const GET = serve(listMyReviewsEndpoint)
