import { getDirectoryEndpoint, updateDirectoryEndpoint } from '@/lib/decisions/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getDirectoryEndpoint)
export const PUT = serve(updateDirectoryEndpoint)
