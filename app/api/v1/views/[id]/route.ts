import { serve } from '@/lib/platform/http/serve'
import { deleteViewEndpoint, getViewEndpoint, updateViewEndpoint } from '@/lib/views/server/endpoints'

export const GET = serve(getViewEndpoint)
export const PATCH = serve(updateViewEndpoint)
export const DELETE = serve(deleteViewEndpoint)
