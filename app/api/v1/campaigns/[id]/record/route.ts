import { serve } from '@/lib/platform/http/serve'
import { getRecordEndpoint } from '@/lib/reviews/server/endpoints-remedies'

export const GET = serve(getRecordEndpoint)
