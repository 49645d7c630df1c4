import { getMailSettingsEndpoint, updateMailSettingsEndpoint } from '@/lib/notifications/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getMailSettingsEndpoint)
export const PUT = serve(updateMailSettingsEndpoint)
