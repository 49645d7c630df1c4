import { serve } from '@/lib/platform/http/serve'
import { getProgressEndpoint } from '@/lib/reviews/server/endpoints'

export const GET = serve(getProgressEndpoint)
