import { serve } from '@/lib/platform/http/serve'
import { rollBackEndpoint } from '@/lib/policy-versions/server/endpoints'

export const POST = serve(rollBackEndpoint)
