import { getIdentityEndpoint, updateIdentityEndpoint } from '@/lib/identities/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getIdentityEndpoint)
export const PATCH = serve(updateIdentityEndpoint)
