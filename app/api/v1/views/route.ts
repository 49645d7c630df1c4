import { serve } from '@/lib/platform/http/serve'
import { createViewEndpoint, listViewsEndpoint } from '@/lib/views/server/endpoints'

export const GET = serve(listViewsEndpoint)
export const POST = serve(createViewEndpoint)
