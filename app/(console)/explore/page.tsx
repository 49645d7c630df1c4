import type { Metadata } from 'next'
import { ExploreScreen } from '@/components/access-graph/explore-screen'
import { ViewsBar } from '@/components/views/views-bar'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'Explore' }

export default async function ExplorePage() {
  const ctx = await contextFromSession()
  const { orgId } = ctx.tenant
  return <ExploreScreen orgId={orgId} views={<ViewsBar orgId={orgId} list="paths" />} />
}
