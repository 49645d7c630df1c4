import { endIncidentEndpoint } from '@/lib/incidents/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(endIncidentEndpoint)
