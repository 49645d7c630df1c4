import {
  getNotificationPreferencesEndpoint,
  updateNotificationPreferencesEndpoint,
} from '@/lib/notifications/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const GET = serve(getNotificationPreferencesEndpoint)
export const PATCH = serve(updateNotificationPreferencesEndpoint)
