import { settleReappearanceEndpoint } from '@/lib/lifecycle/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(settleReappearanceEndpoint)
