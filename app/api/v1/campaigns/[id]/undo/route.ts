import { serve } from '@/lib/platform/http/serve'
import { undoActEndpoint } from '@/lib/reviews/server/endpoints-items'

export const POST = serve(undoActEndpoint)
