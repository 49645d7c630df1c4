import { markAllNotificationsReadEndpoint } from '@/lib/notifications/server/endpoints'
import { serve } from '@/lib/platform/http/serve'

export const POST = serve(markAllNotificationsReadEndpoint)
