import { serve } from '@/lib/platform/http/serve'
import { revokeSessionEndpoint } from '@/lib/users/server/endpoints'

export const DELETE = serve(revokeSessionEndpoint)
