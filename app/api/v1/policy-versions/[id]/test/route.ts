import { serve } from '@/lib/platform/http/serve'
import { testVersionEndpoint } from '@/lib/policy-versions/server/endpoints'

export const POST = serve(testVersionEndpoint)
