import { listDecisionsEndpoint } from '@/lib/decisions/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listDecisionsEndpoint)
