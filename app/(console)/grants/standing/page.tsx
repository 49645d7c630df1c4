import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadStandingAddress, standingAsked } from '@/components/standing/standing-address'
import { StandingScreen } from '@/components/standing/standing-screen'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { StandingQuery } from '@/lib/standing/schema'
import { listStanding } from '@/lib/standing/server/list-standing'

export const metadata: Metadata = { title: 'Access without an end' }

export default async function StandingPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const asked = standingAsked(loadStandingAddress(search))
  const first = await runAction(() => listStanding(ctx, StandingQuery.parse(asked)))
  return <StandingScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
