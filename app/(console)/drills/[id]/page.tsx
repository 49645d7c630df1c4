import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DrillScreen } from '@/components/lifecycle/drill-screen'
import { ById } from '@/lib/lifecycle/schema'
import { getDrill } from '@/lib/lifecycle/server/list-drills'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Drill' }

export default async function DrillPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getDrill(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <DrillScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
