import { requestDrillEndpoint } from '@/lib/lifecycle/server/endpoints-drills'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(requestDrillEndpoint)
