import { getGrantEndpoint, withdrawGrantEndpoint } from '@/lib/grants/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getGrantEndpoint)
export const DELETE = serve(withdrawGrantEndpoint)
