import type { Metadata } from 'next'
import { ConnectionScreen } from '@/components/connections/connection-screen'
import { getConnection } from '@/lib/connections/server/get-connection'
import { listSystems } from '@/lib/connections/server/list-systems'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Connection' }

export default async function ConnectionPage({ params }: { params: Promise<{ id: string }> }) {
  const [ctx, { id }] = await Promise.all([contextFromSession(), params])
  const [connection, systems] = await Promise.all([
    runAction(() => getConnection(ctx, { id })),
    runAction(() => listSystems(ctx)),
  ])
  return <ConnectionScreen orgId={ctx.tenant.orgId} id={id} connection={connection} systems={systems} />
}
