import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { PolicyScreen } from '@/components/lifecycle/policy-screen'
import { ById } from '@/lib/lifecycle/schema'
import { getPolicy } from '@/lib/lifecycle/server/list-policies'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Rotation policy' }

export default async function RotationPolicyPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getPolicy(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <PolicyScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
