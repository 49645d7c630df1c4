import { deleteOwnerEndpoint } from '@/lib/identities/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const DELETE = serve(deleteOwnerEndpoint)
