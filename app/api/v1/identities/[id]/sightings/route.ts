import { listIdentitySightingsEndpoint } from '@/lib/identities/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(listIdentitySightingsEndpoint)
