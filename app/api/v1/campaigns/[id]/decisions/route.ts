import { serve } from '@/lib/platform/http/serve'
import { decideItemsEndpoint } from '@/lib/reviews/server/endpoints-items'

export const POST = serve(decideItemsEndpoint)
