import { serve } from '@/lib/platform/http/serve'
import { createTemplateEndpoint, listTemplatesEndpoint } from '@/lib/reviews/server/endpoints'

export const GET = serve(listTemplatesEndpoint)
export const POST = serve(createTemplateEndpoint)
