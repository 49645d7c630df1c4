import { previewTeamDepartureEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(previewTeamDepartureEndpoint)
