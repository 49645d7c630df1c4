import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { UseScreen } from '@/components/break-glass/use-screen'
import { ById } from '@/lib/break-glass/schema'
import { getUse } from '@/lib/break-glass/server/list-uses'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Break-glass' }

export default async function UsePageOf({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getUse(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <UseScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
