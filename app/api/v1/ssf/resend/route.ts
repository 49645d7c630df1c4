import { serve } from '@/lib/platform/http/serve'
import { resendSignalsEndpoint } from '@/lib/signals/server/endpoints'

export const POST = serve(resendSignalsEndpoint)
