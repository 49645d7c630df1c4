import type { Metadata } from 'next'
import { PreferencesScreen } from '@/components/notifications/preferences-screen'
import { getPreferences } from '@/lib/notifications/server/get-preferences'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'What you are told' }

export default async function NotificationPreferencesPage() {
  const ctx = await contextFromSession()
  const first = await runAction(() => getPreferences(ctx))
  return <PreferencesScreen orgId={ctx.tenant.orgId} first={first} />
}
