import { getOrderEndpoint, withdrawOrderEndpoint } from '@/lib/lifecycle/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getOrderEndpoint)
export const DELETE = serve(withdrawOrderEndpoint)
