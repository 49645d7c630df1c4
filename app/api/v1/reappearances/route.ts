import { listReappearancesEndpoint } from '@/lib/lifecycle/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listReappearancesEndpoint)
