import { declareIncidentEndpoint, listIncidentsEndpoint } from '@/lib/incidents/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listIncidentsEndpoint)
export const POST = serve(declareIncidentEndpoint)
