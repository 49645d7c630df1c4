import type { Metadata } from 'next'
import { NewPolicyScreen } from '@/components/lifecycle/new-policy-screen'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'New rotation policy' }

export default async function NewRotationPolicyPage() {
  const ctx = await contextFromSession()
  return <NewPolicyScreen orgId={ctx.tenant.orgId} />
}
