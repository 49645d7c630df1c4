import { listOwnerChangeRunsEndpoint } from '@/lib/ownership/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listOwnerChangeRunsEndpoint)
