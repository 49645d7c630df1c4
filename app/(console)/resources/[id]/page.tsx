import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { ResourceScreen } from '@/components/access-graph/resource-screen'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { ById } from '@/lib/access-graph/schema'
import { getResource } from '@/lib/access-graph/server/get-resource'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Resource' }

export default async function ResourcePage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const input = ById.safeParse(await params)
  if (!input.success) notFound()
  const resource = await runAction(() => getResource(ctx, input.data))
  if (resource.ok) return <ResourceScreen orgId={ctx.tenant.orgId} first={resource.data} />
  if (resource.error.code === 'not_found') notFound()
  return (
    <>
      <PageHeader title="Resource" />
      <Refusal what="resource" error={resource.error} />
    </>
  )
}
