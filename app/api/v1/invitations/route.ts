import { createInvitationEndpoint, listInvitationsEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listInvitationsEndpoint)
export const POST = serve(createInvitationEndpoint)
