import { getOrganizationEndpoint, updateOrganizationEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getOrganizationEndpoint)
export const PATCH = serve(updateOrganizationEndpoint)
