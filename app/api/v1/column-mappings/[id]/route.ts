import { deleteColumnMappingEndpoint } from '@/lib/connections/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const DELETE = serve(deleteColumnMappingEndpoint)
