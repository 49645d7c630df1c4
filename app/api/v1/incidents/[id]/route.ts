import { changeIncidentEndpoint, getIncidentEndpoint } from '@/lib/incidents/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getIncidentEndpoint)
export const PATCH = serve(changeIncidentEndpoint)
