import { serve } from '@/lib/platform/http/serve'
import { listReviewersEndpoint } from '@/lib/reviews/server/endpoints'

export const GET = serve(listReviewersEndpoint)
