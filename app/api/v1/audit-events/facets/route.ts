import { listFacetsEndpoint } from '@/lib/audit/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listFacetsEndpoint)
