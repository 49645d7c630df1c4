import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { CampaignScreen } from '@/components/reviews/campaign-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { ById } from '@/lib/reviews/schema'
import { getCampaign } from '@/lib/reviews/server/get-campaign'

export const metadata: Metadata = { title: 'Review' }

export default async function CampaignPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getCampaign(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <CampaignScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
