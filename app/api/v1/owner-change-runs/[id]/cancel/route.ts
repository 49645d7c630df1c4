import { cancelOwnerChangeEndpoint } from '@/lib/ownership/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(cancelOwnerChangeEndpoint)
