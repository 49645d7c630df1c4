import {
  deleteConnectionEndpoint,
  getConnectionEndpoint,
  updateConnectionEndpoint,
} from '@/lib/connections/server/endpoints-connections'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getConnectionEndpoint)
export const PATCH = serve(updateConnectionEndpoint)
export const DELETE = serve(deleteConnectionEndpoint)
