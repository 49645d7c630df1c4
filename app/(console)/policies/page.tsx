import type { Metadata } from 'next'
import { PoliciesScreen } from '@/components/policy-versions/policies-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { listVersions } from '@/lib/policy-versions/server/list-versions'

export const metadata: Metadata = { title: 'Policies' }

export default async function PoliciesPage() {
  const ctx = await contextFromSession()
  const first = await runAction(() => listVersions(ctx))
  return <PoliciesScreen orgId={ctx.tenant.orgId} first={first} />
}
