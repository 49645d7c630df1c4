import { serve } from '@/lib/platform/http/serve'
import { getSignalSettingsEndpoint } from '@/lib/signals/server/endpoints'

export const GET = serve(getSignalSettingsEndpoint)
