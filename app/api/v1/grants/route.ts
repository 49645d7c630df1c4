import { listGrantsEndpoint, requestGrantEndpoint } from '@/lib/grants/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listGrantsEndpoint)
export const POST = serve(requestGrantEndpoint)
