import { leaveOrganizationEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(leaveOrganizationEndpoint)
