import { serve } from '@/lib/platform/http/serve'
import { getVersionEndpoint, updateVersionEndpoint } from '@/lib/policy-versions/server/endpoints'

export const GET = serve(getVersionEndpoint)
export const PUT = serve(updateVersionEndpoint)
