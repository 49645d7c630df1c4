import { deleteDrillEndpoint, getDrillEndpoint, updateDrillEndpoint } from '@/lib/lifecycle/server/endpoints-drills'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getDrillEndpoint)
export const PATCH = serve(updateDrillEndpoint)
export const DELETE = serve(deleteDrillEndpoint)
