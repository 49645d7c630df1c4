import { exportReachedEndpoint } from '@/lib/access-graph/server/endpoints-blast-radius'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(exportReachedEndpoint)
