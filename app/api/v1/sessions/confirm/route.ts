import { serve } from '@/lib/platform/http/serve'
import { confirmSessionEndpoint } from '@/lib/users/server/endpoints'

export const POST = serve(confirmSessionEndpoint)
