import { serve } from '@/lib/platform/http/serve'
import { updateRemedyEndpoint } from '@/lib/reviews/server/endpoints-remedies'

export const POST = serve(updateRemedyEndpoint)
