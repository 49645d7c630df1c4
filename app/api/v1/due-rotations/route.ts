import { listDueRotationsEndpoint } from '@/lib/lifecycle/server/endpoints-policies'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listDueRotationsEndpoint)
