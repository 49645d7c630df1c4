import { invokeEndpoint, listUsesEndpoint } from '@/lib/break-glass/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listUsesEndpoint)
export const POST = serve(invokeEndpoint)
