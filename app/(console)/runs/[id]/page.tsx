import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { RunScreen } from '@/components/lifecycle/run-screen'
import { ById } from '@/lib/lifecycle/schema'
import { getRun } from '@/lib/lifecycle/server/get-run'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Run' }

export default async function RunPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getRun(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <RunScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
