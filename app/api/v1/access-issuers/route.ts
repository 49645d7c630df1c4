import { createIssuerEndpoint } from '@/lib/access-callers/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(createIssuerEndpoint)
