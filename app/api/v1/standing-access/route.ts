import { serve } from '@/lib/platform/http/serve'
import { listStandingEndpoint } from '@/lib/standing/server/endpoints'

export const GET = serve(listStandingEndpoint)
