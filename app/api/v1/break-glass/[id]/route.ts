import { getUseEndpoint } from '@/lib/break-glass/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getUseEndpoint)
