import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { GrantScreen } from '@/components/grants/grant-screen'
import { ById } from '@/lib/grants/schema'
import { getGrant } from '@/lib/grants/server/list-grants'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Access' }

export default async function GrantPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getGrant(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <GrantScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
