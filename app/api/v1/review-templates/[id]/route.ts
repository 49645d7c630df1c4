import { serve } from '@/lib/platform/http/serve'
import { deleteTemplateEndpoint, updateTemplateEndpoint } from '@/lib/reviews/server/endpoints'

export const PATCH = serve(updateTemplateEndpoint)
export const DELETE = serve(deleteTemplateEndpoint)
