import type { Metadata } from 'next'
import { JewelListScreen } from '@/components/access-graph/jewel-list-screen'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'Crown jewels' }

export default async function CrownJewelsPage() {
  const ctx = await contextFromSession()
  return <JewelListScreen orgId={ctx.tenant.orgId} />
}
