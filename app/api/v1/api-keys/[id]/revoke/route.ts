import { revokeApiKeyEndpoint } from '@/lib/api-keys/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(revokeApiKeyEndpoint)
