import { serve } from '@/lib/platform/http/serve'
import {
  createStreamEndpoint,
  deleteStreamEndpoint,
  getStreamsEndpoint,
  updateStreamEndpoint,
} from '@/lib/signals/server/endpoints'

export const GET = serve(getStreamsEndpoint)
export const POST = serve(createStreamEndpoint)
export const PATCH = serve(updateStreamEndpoint)
export const DELETE = serve(deleteStreamEndpoint)
