import { getMemberEndpoint, updateMemberEndpoint } from '@/lib/organizations/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getMemberEndpoint)
export const PATCH = serve(updateMemberEndpoint)
