import { serve } from '@/lib/platform/http/serve'
import { reviewVersionEndpoint } from '@/lib/policy-versions/server/endpoints'

export const POST = serve(reviewVersionEndpoint)
