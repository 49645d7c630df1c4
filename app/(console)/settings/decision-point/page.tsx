import type { Metadata } from 'next'
import { CallersScreen } from '@/components/access-callers/callers-screen'
import { listCallers } from '@/lib/access-callers/server/list-callers'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Decision point' }

export default async function DecisionPointPage() {
  const ctx = await contextFromSession()
  return <CallersScreen orgId={ctx.tenant.orgId} first={await runAction(() => listCallers(ctx))} />
}
