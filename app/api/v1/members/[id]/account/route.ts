import { serve } from '@/lib/platform/http/serve'
import { updateUserStatusEndpoint } from '@/lib/users/server/endpoints'

export const PATCH = serve(updateUserStatusEndpoint)
