import { activateGrantEndpoint } from '@/lib/grants/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(activateGrantEndpoint)
