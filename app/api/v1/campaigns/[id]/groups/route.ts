import { serve } from '@/lib/platform/http/serve'
import { listGroupsEndpoint } from '@/lib/reviews/server/endpoints-items'

export const GET = serve(listGroupsEndpoint)
