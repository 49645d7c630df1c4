import {
  deleteRotationPolicyEndpoint,
  getRotationPolicyEndpoint,
  updateRotationPolicyEndpoint,
} from '@/lib/lifecycle/server/endpoints-policies'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getRotationPolicyEndpoint)
export const PATCH = serve(updateRotationPolicyEndpoint)
export const DELETE = serve(deleteRotationPolicyEndpoint)
