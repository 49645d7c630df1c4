import { listCrownJewelsEndpoint, markCrownJewelEndpoint } from '@/lib/access-graph/server/endpoints-worth'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listCrownJewelsEndpoint)
export const POST = serve(markCrownJewelEndpoint)
