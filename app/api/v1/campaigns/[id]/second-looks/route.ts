import { serve } from '@/lib/platform/http/serve'
import { recordSecondLookEndpoint } from '@/lib/reviews/server/endpoints-remedies'

export const POST = serve(recordSecondLookEndpoint)
