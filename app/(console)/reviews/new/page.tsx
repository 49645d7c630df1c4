import type { Metadata } from 'next'
import { NewCampaignScreen } from '@/components/reviews/new-campaign-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { listTemplates } from '@/lib/reviews/server/list-templates'

export const metadata: Metadata = { title: 'New campaign' }

export default async function NewCampaignPage() {
  const ctx = await contextFromSession()
  const first = await runAction(() => listTemplates(ctx))
  return <NewCampaignScreen orgId={ctx.tenant.orgId} first={first} />
}
