import { previewTwinEndpoint } from '@/lib/lifecycle/server/endpoints-twins'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(previewTwinEndpoint)
