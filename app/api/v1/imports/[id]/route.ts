import { discardImportEndpoint, getImportEndpoint } from '@/lib/connections/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getImportEndpoint)
export const DELETE = serve(discardImportEndpoint)
