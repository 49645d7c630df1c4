import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { ResourceListScreen } from '@/components/access-graph/resource-list-screen'
import { loadResourceQuery } from '@/lib/access-graph/filters'
import { listResources } from '@/lib/access-graph/server/list-resources'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Resources' }

export default async function ResourcesPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await contextFromSession()
  const query = loadResourceQuery(await searchParams)
  const first = await runAction(() => listResources(ctx, query))
  return <ResourceListScreen orgId={ctx.tenant.orgId} first={first} firstQuery={query} />
}
