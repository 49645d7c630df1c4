import { assignTeamMemberEndpoint, deleteTeamMemberEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const PUT = serve(assignTeamMemberEndpoint)
export const DELETE = serve(deleteTeamMemberEndpoint)
