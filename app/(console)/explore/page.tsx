import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import type { SearchParams } from 'nuqs/server'
import { ExploreScreen } from '@/components/access-graph/explore-screen'
import { Refusal } from '@/components/ui/refusal'
import { ViewsBarLater } from '@/components/views/views-bar-later'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { resolveView } from '@/lib/views/server/resolve-view'

export const metadata: Metadata = { title: 'Explore' }

export default async function ExplorePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await contextFromSession()
  const { orgId } = ctx.tenant
  const params = await searchParams
  const view = await runAction(() =>
    resolveView(ctx, {
      list: 'paths',
      view: typeof params.view === 'string' ? params.view : undefined,
      isPlain: Object.keys(params).length === 0,
    }),
  )
  if (!view.ok) {
    if (view.error.code === 'not_found') notFound()
    return <Refusal what="saved search" error={view.error} />
  }
  if (view.data) redirect(view.data)
  return <ExploreScreen orgId={orgId} views={<ViewsBarLater orgId={orgId} list="paths" />} />
}
