import { serve } from '@/lib/platform/http/serve'
import { replayVersionEndpoint } from '@/lib/policy-versions/server/endpoints'

export const POST = serve(replayVersionEndpoint)
