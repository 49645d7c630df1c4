import {
  assignTeamMemberEndpoint,
  deleteTeamMemberEndpoint,
  updateTeamMemberEndpoint,
} from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const PUT = serve(assignTeamMemberEndpoint)
export const PATCH = serve(updateTeamMemberEndpoint)
export const DELETE = serve(deleteTeamMemberEndpoint)
