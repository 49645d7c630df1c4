import type { Metadata } from 'next'
import { DecisionsScreen } from '@/components/decisions/decisions-screen'
import { listDecisions } from '@/lib/decisions/server/list-decisions'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Decisions' }

export default async function DecisionsPage() {
  const ctx = await contextFromSession()
  const first = await runAction(() => listDecisions(ctx, { limit: 1 }))
  const refusal = !first.ok && first.error.code === 'forbidden' ? first.error : null
  return <DecisionsScreen orgId={ctx.tenant.orgId} refusal={refusal} />
}
