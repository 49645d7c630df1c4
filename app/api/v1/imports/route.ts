import { createImportEndpoint, listImportsEndpoint } from '@/lib/connections/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listImportsEndpoint)
export const POST = serve(createImportEndpoint)
