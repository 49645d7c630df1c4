import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { askedOf, loadNotificationAddress } from '@/components/notifications/notification-address'
import { NotificationsScreen } from '@/components/notifications/notifications-screen'
import { listNotifications } from '@/lib/notifications/server/list-notifications'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Notifications' }

export default async function NotificationsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const asked = askedOf(loadNotificationAddress(search))
  const first = await runAction(() => listNotifications(ctx, asked))
  return <NotificationsScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
