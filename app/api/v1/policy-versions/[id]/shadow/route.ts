import { serve } from '@/lib/platform/http/serve'
import { shadowVersionEndpoint } from '@/lib/policy-versions/server/endpoints'

export const POST = serve(shadowVersionEndpoint)
