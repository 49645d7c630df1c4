import { serve } from '@/lib/platform/http/serve'
import { createVersionEndpoint, listVersionsEndpoint } from '@/lib/policy-versions/server/endpoints'

export const GET = serve(listVersionsEndpoint)
export const POST = serve(createVersionEndpoint)
