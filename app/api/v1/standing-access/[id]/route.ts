import { serve } from '@/lib/platform/http/serve'
import { getStandingEndpoint } from '@/lib/standing/server/endpoints'

export const GET = serve(getStandingEndpoint)
