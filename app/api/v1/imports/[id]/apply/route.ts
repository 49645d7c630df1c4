import { applyImportEndpoint } from '@/lib/connections/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(applyImportEndpoint)
