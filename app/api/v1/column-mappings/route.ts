import { createColumnMappingEndpoint, listColumnMappingsEndpoint } from '@/lib/connections/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listColumnMappingsEndpoint)
export const POST = serve(createColumnMappingEndpoint)
