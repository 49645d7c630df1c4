import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { askedOf, loadRunAddress } from '@/components/lifecycle/run-address'
import { RunsScreen } from '@/components/lifecycle/runs-screen'
import { RunQuery } from '@/lib/lifecycle/schema'
import { listRuns } from '@/lib/lifecycle/server/list-runs'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Runs' }

export default async function RunsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const asked = askedOf(loadRunAddress(search))
  const first = await runAction(() => listRuns(ctx, RunQuery.parse(asked)))
  return <RunsScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
