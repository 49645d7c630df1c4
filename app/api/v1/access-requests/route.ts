import { requestFromDenialEndpoint } from '@/lib/grants/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(requestFromDenialEndpoint)
