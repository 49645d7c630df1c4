import { serve } from '@/lib/platform/http/serve'
import { revokeOtherSessionsEndpoint } from '@/lib/users/server/endpoints'

export const POST = serve(revokeOtherSessionsEndpoint)
