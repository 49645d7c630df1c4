import { resolveOwnerConflictEndpoint } from '@/lib/identities/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(resolveOwnerConflictEndpoint)
