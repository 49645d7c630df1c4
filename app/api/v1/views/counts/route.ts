import { serve } from '@/lib/platform/http/serve'
import { getViewCountsEndpoint } from '@/lib/views/server/endpoints'

export const GET = serve(getViewCountsEndpoint)
