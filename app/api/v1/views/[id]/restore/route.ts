import { serve } from '@/lib/platform/http/serve'
import { restoreViewEndpoint } from '@/lib/views/server/endpoints'

export const POST = serve(restoreViewEndpoint)
