import { getOwnerChangeRunEndpoint } from '@/lib/ownership/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getOwnerChangeRunEndpoint)
