import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { CampaignsScreen } from '@/components/reviews/campaigns-screen'
import { askedOf, loadCampaignAddress } from '@/components/reviews/review-address'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { CampaignQuery } from '@/lib/reviews/schema'
import { listCampaigns } from '@/lib/reviews/server/list-campaigns'

export const metadata: Metadata = { title: 'Reviews' }

export default async function ReviewsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const { after, state } = loadCampaignAddress(search)
  const asked = askedOf({ state, cursor: after })
  const first = await runAction(() => listCampaigns(ctx, CampaignQuery.parse(asked)))
  return <CampaignsScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
