import { serve } from '@/lib/platform/http/serve'
import { listSessionsEndpoint } from '@/lib/users/server/endpoints'

export const GET = serve(listSessionsEndpoint)
