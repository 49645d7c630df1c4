import { deleteTeamEndpoint, getTeamEndpoint, updateTeamEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getTeamEndpoint)
export const PATCH = serve(updateTeamEndpoint)
export const DELETE = serve(deleteTeamEndpoint)
