import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { DeskScreen } from '@/components/reviews/desk-screen'
import { contextFromSession, requireSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { ById } from '@/lib/reviews/schema'
import { getCampaign } from '@/lib/reviews/server/get-campaign'

export const metadata: Metadata = { title: 'Review' }

export default async function DecidePage({ params }: { params: Promise<{ id: string }> }) {
  const [ctx, person] = await Promise.all([contextFromSession(), requireSession()])
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getCampaign(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <DeskScreen key={id} orgId={ctx.tenant.orgId} id={id} personId={person.userId} first={first} />
}
