import type { Metadata } from 'next'
import { SignalsScreen } from '@/components/signals/signals-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { getSettings } from '@/lib/signals/server/list-streams'

export const metadata: Metadata = { title: 'Signals' }

export default async function SignalsPage() {
  const ctx = await contextFromSession()
  return <SignalsScreen orgId={ctx.tenant.orgId} first={await runAction(() => getSettings(ctx))} />
}
