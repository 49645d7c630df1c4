import { deleteTwinEndpoint, getTwinEndpoint } from '@/lib/lifecycle/server/endpoints-twins'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getTwinEndpoint)
export const DELETE = serve(deleteTwinEndpoint)
