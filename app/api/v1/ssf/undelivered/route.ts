import { serve } from '@/lib/platform/http/serve'
import { listUndeliveredSignalsEndpoint } from '@/lib/signals/server/endpoints'

export const GET = serve(listUndeliveredSignalsEndpoint)
