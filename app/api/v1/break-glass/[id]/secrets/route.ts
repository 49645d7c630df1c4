import { settleSecretEndpoint } from '@/lib/break-glass/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(settleSecretEndpoint)
