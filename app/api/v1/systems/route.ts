import { listSystemsEndpoint } from '@/lib/connections/server/endpoints-connections'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listSystemsEndpoint)
