import type { Metadata } from 'next'
import { DeclareScreen } from '@/components/incidents/declare-screen'
import { Refusal } from '@/components/ui/refusal'
import { listScopeChoices } from '@/lib/incidents/server/list-incidents'
import { contextFromSession, requireSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Declare an incident' }

export default async function NewIncidentPage() {
  const [ctx, person] = await Promise.all([contextFromSession(), requireSession()])
  const choices = await runAction(() => listScopeChoices(ctx))
  if (!choices.ok) return <Refusal what="incident" error={choices.error} />
  return (
    <DeclareScreen orgId={ctx.tenant.orgId} me={{ userId: ctx.actor.id, name: person.name }} choices={choices.data} />
  )
}
