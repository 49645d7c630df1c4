import { verifyChainEndpoint } from '@/lib/audit/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(verifyChainEndpoint)
