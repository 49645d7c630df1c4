import { createApiKeyEndpoint, listApiKeysEndpoint } from '@/lib/api-keys/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listApiKeysEndpoint)
export const POST = serve(createApiKeyEndpoint)
