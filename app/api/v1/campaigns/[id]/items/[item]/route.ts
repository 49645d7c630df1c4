import { serve } from '@/lib/platform/http/serve'
import { getItemEndpoint } from '@/lib/reviews/server/endpoints-items'

export const GET = serve(getItemEndpoint)
