import { createConnectionEndpoint, listConnectionsEndpoint } from '@/lib/connections/server/endpoints-connections'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listConnectionsEndpoint)
export const POST = serve(createConnectionEndpoint)
