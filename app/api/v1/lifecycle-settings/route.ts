import { getLifecycleSettingsEndpoint, updateLifecycleSettingsEndpoint } from '@/lib/lifecycle/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getLifecycleSettingsEndpoint)
export const PATCH = serve(updateLifecycleSettingsEndpoint)
