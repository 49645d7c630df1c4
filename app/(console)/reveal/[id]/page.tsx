import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { RevealScreen } from '@/components/lifecycle/reveal-screen'
import { ById } from '@/lib/lifecycle/schema'
import { contextFromSession } from '@/lib/platform/auth/session'

export const metadata: Metadata = { title: 'A new secret', robots: { index: false } }

export default async function RevealPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  return <RevealScreen key={id} orgId={ctx.tenant.orgId} id={id} />
}
