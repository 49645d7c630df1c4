import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadGrantAddress } from '@/components/grants/grant-address'
import { GrantsScreen } from '@/components/grants/grants-screen'
import { GrantQuery } from '@/lib/grants/schema'
import { listGrants } from '@/lib/grants/server/list-grants'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Access' }

export default async function GrantsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const { view, after } = loadGrantAddress(search)
  const asked = { view: view ?? 'mine', ...(after === null ? {} : { cursor: after }) }
  const first = await runAction(() => listGrants(ctx, GrantQuery.parse(asked)))
  return <GrantsScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
