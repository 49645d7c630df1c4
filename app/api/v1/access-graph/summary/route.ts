import { getBlastSummaryEndpoint } from '@/lib/access-graph/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getBlastSummaryEndpoint)
