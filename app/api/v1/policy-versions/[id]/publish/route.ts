import { serve } from '@/lib/platform/http/serve'
import { publishVersionEndpoint } from '@/lib/policy-versions/server/endpoints'

export const POST = serve(publishVersionEndpoint)
