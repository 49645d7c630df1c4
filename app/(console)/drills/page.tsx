import type { Metadata } from 'next'
import { DrillsScreen } from '@/components/lifecycle/drills-screen'
import { getDrillCoverage } from '@/lib/lifecycle/server/get-drill-coverage'
import { listDrills } from '@/lib/lifecycle/server/list-drills'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Drills' }

export default async function DrillsPage() {
  const ctx = await contextFromSession()
  const [first, coverage] = await Promise.all([
    runAction(() => listDrills(ctx)),
    runAction(() => getDrillCoverage(ctx)),
  ])
  return <DrillsScreen orgId={ctx.tenant.orgId} first={first} firstCoverage={coverage} />
}
