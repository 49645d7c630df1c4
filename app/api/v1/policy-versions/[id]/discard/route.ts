import { serve } from '@/lib/platform/http/serve'
import { discardVersionEndpoint } from '@/lib/policy-versions/server/endpoints'

export const POST = serve(discardVersionEndpoint)
