import { serve } from '@/lib/platform/http/serve'
import { previewSignOffEndpoint, signOffEndpoint } from '@/lib/reviews/server/endpoints-items'

export const GET = serve(previewSignOffEndpoint)
export const POST = serve(signOffEndpoint)
