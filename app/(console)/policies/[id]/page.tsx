import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { VersionScreen } from '@/components/policy-versions/version-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { ById } from '@/lib/policy-versions/schema'
import { getVersion } from '@/lib/policy-versions/server/list-versions'

export const metadata: Metadata = { title: 'Version of policies' }

export default async function VersionPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getVersion(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <VersionScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
