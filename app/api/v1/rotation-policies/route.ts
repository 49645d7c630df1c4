import { createRotationPolicyEndpoint, listRotationPoliciesEndpoint } from '@/lib/lifecycle/server/endpoints-policies'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listRotationPoliciesEndpoint)
export const POST = serve(createRotationPolicyEndpoint)
