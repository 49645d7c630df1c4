import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { RevealScreen } from '@/components/lifecycle/reveal-screen'
import { ById } from '@/lib/lifecycle/schema'
import { getSecretLink } from '@/lib/lifecycle/server/get-secret-link'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'A new secret' }

export default async function RevealPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getSecretLink(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <RevealScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
