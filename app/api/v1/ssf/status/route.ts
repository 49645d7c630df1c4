import { serve } from '@/lib/platform/http/serve'
import { getStreamStatusEndpoint, updateStreamStatusEndpoint } from '@/lib/signals/server/endpoints'

export const GET = serve(getStreamStatusEndpoint)
export const POST = serve(updateStreamStatusEndpoint)
