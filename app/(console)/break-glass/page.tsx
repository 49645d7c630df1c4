import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadBreakGlassAddress } from '@/components/break-glass/break-glass-address'
import { UsesScreen } from '@/components/break-glass/uses-screen'
import { UseQuery } from '@/lib/break-glass/schema'
import { listUses } from '@/lib/break-glass/server/list-uses'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Break-glass' }

export default async function BreakGlassPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const { state, after } = loadBreakGlassAddress(search)
  const asked = { ...(state === null ? {} : { state }), ...(after === null ? {} : { cursor: after }) }
  const first = await runAction(() => listUses(ctx, UseQuery.parse(asked)))
  return <UsesScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
