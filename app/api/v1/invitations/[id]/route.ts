import { revokeInvitationEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const DELETE = serve(revokeInvitationEndpoint)
