import { createOrganizationEndpoint, listOrganizationsEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listOrganizationsEndpoint)
export const POST = serve(createOrganizationEndpoint)
