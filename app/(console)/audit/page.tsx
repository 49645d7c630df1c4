import type { Metadata } from 'next'
import { AuditScreen } from '@/components/audit/audit-screen'
import { listEvents } from '@/lib/audit/server/list-events'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Audit' }

export default async function AuditPage() {
  const ctx = await contextFromSession()
  const first = await runAction(() => listEvents(ctx, { limit: 1 }))
  const refusal = !first.ok && first.error.code === 'forbidden' ? first.error : null
  return (
    <AuditScreen orgId={ctx.tenant.orgId} mayVerify={first.ok && first.data.can.verify === true} refusal={refusal} />
  )
}
