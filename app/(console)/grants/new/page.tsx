import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadRequestAddress } from '@/components/grants/grant-address'
import { RequestScreen } from '@/components/grants/request-screen'
import { previewGrant } from '@/lib/grants/server/preview-grant'
import { listOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Ask for access' }

export default async function NewGrantPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const { for: identityId, on: nodeId, do: action, uses, denial, incident } = loadRequestAddress(search)
  const open = await listOpenIncidents(ctx)
  const about = {
    orgId: ctx.tenant.orgId,
    incidents: open.map(({ id, title }) => ({ id, title })),
    incident: open.find(({ id }) => id === incident)?.id,
  }
  const key = JSON.stringify([identityId, nodeId, action, uses])
  if (nodeId === null) return <RequestScreen key={key} {...about} />
  const rights = [{ nodeId, scopes: action ? [action] : [] }]
  const first = await runAction(() => previewGrant(ctx, { identityId, mode: 'runtime', rights }))
  return <RequestScreen key={key} {...about} given={{ first, uses, denial }} />
}
