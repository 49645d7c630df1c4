import type { Metadata } from 'next'
import { LifecycleSettingsScreen } from '@/components/lifecycle/settings-screen'
import { getSettings } from '@/lib/lifecycle/server/get-settings'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Rotate and revoke' }

export default async function LifecycleSettingsPage() {
  const ctx = await contextFromSession()
  const first = await runAction(() => getSettings(ctx))
  return <LifecycleSettingsScreen orgId={ctx.tenant.orgId} first={first} />
}
