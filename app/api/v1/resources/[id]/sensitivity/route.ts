import { getSensitivityHistoryEndpoint, setSensitivityEndpoint } from '@/lib/access-graph/server/endpoints-worth'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getSensitivityHistoryEndpoint)
export const PUT = serve(setSensitivityEndpoint)
