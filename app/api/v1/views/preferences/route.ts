import { serve } from '@/lib/platform/http/serve'
import { updateViewPreferencesEndpoint } from '@/lib/views/server/endpoints'

export const PUT = serve(updateViewPreferencesEndpoint)
