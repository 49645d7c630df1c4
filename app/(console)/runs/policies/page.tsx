import type { Metadata } from 'next'
import { PoliciesScreen } from '@/components/lifecycle/policies-screen'
import { listPolicies } from '@/lib/lifecycle/server/list-policies'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Rotation policies' }

export default async function RotationPoliciesPage() {
  const ctx = await contextFromSession()
  return <PoliciesScreen orgId={ctx.tenant.orgId} first={await runAction(() => listPolicies(ctx))} />
}
