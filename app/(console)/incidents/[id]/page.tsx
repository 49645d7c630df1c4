import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { IncidentScreen } from '@/components/incidents/incident-screen'
import { ById } from '@/lib/incidents/schema'
import { getIncident } from '@/lib/incidents/server/list-incidents'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Incident' }

export default async function IncidentPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await contextFromSession()
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const first = await runAction(() => getIncident(ctx, { id }))
  if (!first.ok && first.error.code === 'not_found') notFound()
  return <IncidentScreen key={id} orgId={ctx.tenant.orgId} id={id} first={first} />
}
