import type { Metadata } from 'next'
import { TeamsScreen } from '@/components/organizations/teams-screen'
import { listTeams } from '@/lib/organizations/server/list-teams'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Teams' }

export default async function TeamsPage() {
  const ctx = await contextFromSession()
  const teams = await runAction(() => listTeams(ctx, { limit: 500 }))
  return <TeamsScreen orgId={ctx.tenant.orgId} teams={teams} />
}
