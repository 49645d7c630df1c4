import type { Metadata } from 'next'
import { AddConnectionScreen } from '@/components/connections/add-connection-screen'
import { listSystems } from '@/lib/connections/server/list-systems'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Add a connection' }

export default async function AddConnectionPage() {
  const ctx = await contextFromSession()
  const systems = await runAction(() => listSystems(ctx))
  return <AddConnectionScreen orgId={ctx.tenant.orgId} systems={systems} />
}
