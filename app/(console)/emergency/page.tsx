import type { Metadata } from 'next'
import { EmergencyScreen } from '@/components/lifecycle/emergency-screen'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'A key leaked' }

export default async function EmergencyPage() {
  const ctx = await contextFromSession()
  return <EmergencyScreen orgId={ctx.tenant.orgId} />
}
