import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadIncidentAddress } from '@/components/incidents/incident-address'
import { IncidentsScreen } from '@/components/incidents/incidents-screen'
import { IncidentQuery } from '@/lib/incidents/schema'
import { listIncidents } from '@/lib/incidents/server/list-incidents'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Incidents' }

export default async function IncidentsPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const { state, after } = loadIncidentAddress(search)
  const asked = { ...(state === null ? {} : { state }), ...(after === null ? {} : { cursor: after }) }
  const first = await runAction(() => listIncidents(ctx, IncidentQuery.parse(asked)))
  return <IncidentsScreen orgId={ctx.tenant.orgId} first={first} question={JSON.stringify(asked)} />
}
