import { testConnectionEndpoint } from '@/lib/connections/server/endpoints-connections'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(testConnectionEndpoint)
