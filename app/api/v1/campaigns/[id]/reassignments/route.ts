import { serve } from '@/lib/platform/http/serve'
import { reassignItemsEndpoint } from '@/lib/reviews/server/endpoints-items'

export const POST = serve(reassignItemsEndpoint)
