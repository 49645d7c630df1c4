import { listRolesEndpoint, requestRoleEndpoint } from '@/lib/grants/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listRolesEndpoint)
export const POST = serve(requestRoleEndpoint)
