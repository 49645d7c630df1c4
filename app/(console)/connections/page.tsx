import type { Metadata } from 'next'
import { ConnectionsScreen } from '@/components/connections/connections-screen'
import { listConnections } from '@/lib/connections/server/list-connections'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Connections' }

export default async function ConnectionsPage() {
  const ctx = await contextFromSession()
  const connections = await runAction(() => listConnections(ctx))
  return <ConnectionsScreen orgId={ctx.tenant.orgId} connections={connections} />
}
