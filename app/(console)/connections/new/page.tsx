import type { Metadata } from 'next'
import { AddConnectionScreen } from '@/components/connections/add-connection-screen'
import { listConnections } from '@/lib/connections/server/list-connections'
import { listSystems } from '@/lib/connections/server/list-systems'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Add a connection' }

export default async function AddConnectionPage() {
  const ctx = await contextFromSession()
  const [systems, connections] = await Promise.all([
    runAction(() => listSystems(ctx)),
    runAction(() => listConnections(ctx)),
  ])
  const mayAdd = connections.ok && connections.data.can.create
  return <AddConnectionScreen orgId={ctx.tenant.orgId} systems={systems} mayAdd={mayAdd} />
}
