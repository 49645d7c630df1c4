import { getAccessRequestEndpoint } from '@/lib/grants/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getAccessRequestEndpoint)
