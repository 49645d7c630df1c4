import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadDueAddress } from '@/components/lifecycle/due-address'
import { DueScreen } from '@/components/lifecycle/due-screen'
import { askedOf } from '@/components/lifecycle/run-address'
import { DueQuery } from '@/lib/lifecycle/policies'
import { listDue } from '@/lib/lifecycle/server/list-due'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Due rotations' }

export default async function DuePage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const asked = askedOf(loadDueAddress(search))
  const first = await runAction(() => listDue(ctx, DueQuery.parse(asked)))
  return <DueScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
