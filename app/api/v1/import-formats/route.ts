import { listFormatsEndpoint } from '@/lib/connections/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listFormatsEndpoint)
