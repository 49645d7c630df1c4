import { createTeamEndpoint, listTeamsEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listTeamsEndpoint)
export const POST = serve(createTeamEndpoint)
