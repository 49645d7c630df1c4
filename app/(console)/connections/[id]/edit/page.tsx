import type { Metadata } from 'next'
import { EditConnectionScreen } from '@/components/connections/edit-connection-screen'
import { getConnection } from '@/lib/connections/server/get-connection'
import { listSystems } from '@/lib/connections/server/list-systems'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Edit a connection' }

export default async function EditConnectionPage({ params }: { params: Promise<{ id: string }> }) {
  const [ctx, { id }] = await Promise.all([contextFromSession(), params])
  const [connection, systems] = await Promise.all([
    runAction(() => getConnection(ctx, { id })),
    runAction(() => listSystems(ctx)),
  ])
  return <EditConnectionScreen orgId={ctx.tenant.orgId} connection={connection} systems={systems} />
}
