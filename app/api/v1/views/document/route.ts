import { serve } from '@/lib/platform/http/serve'
import { createViewsEndpoint, exportViewsEndpoint } from '@/lib/views/server/endpoints'

export const GET = serve(exportViewsEndpoint)
export const POST = serve(createViewsEndpoint)
