import { serve } from '@/lib/platform/http/serve'
import { verifyStreamEndpoint } from '@/lib/signals/server/endpoints'

export const POST = serve(verifyStreamEndpoint)
