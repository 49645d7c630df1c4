import { serve } from '@/lib/platform/http/serve'
import { listItemsEndpoint } from '@/lib/reviews/server/endpoints-items'

export const GET = serve(listItemsEndpoint)
