import { listUndeliveredEndpoint } from '@/lib/notifications/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listUndeliveredEndpoint)
