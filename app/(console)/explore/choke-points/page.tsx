import type { Metadata } from 'next'
import { ChokeScreen } from '@/components/access-graph/choke-screen'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'Choke points' }

export default async function ChokePointsPage() {
  const ctx = await contextFromSession()
  return <ChokeScreen orgId={ctx.tenant.orgId} />
}
