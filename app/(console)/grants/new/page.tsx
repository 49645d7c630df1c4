import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { loadRequestAddress } from '@/components/grants/grant-address'
import { RequestScreen } from '@/components/grants/request-screen'
import { previewGrant } from '@/lib/grants/server/preview-grant'
import { previewReplacement } from '@/lib/grants/server/preview-replacement'
import { listOpenIncidents } from '@/lib/incidents/server/list-open-incidents'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Ask for access' }

export default async function NewGrantPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const [ctx, search] = await Promise.all([contextFromSession(), searchParams])
  const { for: identityId, on: nodeId, do: action, uses, denial, incident, instead } = loadRequestAddress(search)
  const open = await listOpenIncidents(ctx)
  const about = {
    orgId: ctx.tenant.orgId,
    incidents: open.map(({ id, title }) => ({ id, title })),
    incident: open.find(({ id }) => id === incident)?.id,
  }
  const key = JSON.stringify([identityId, nodeId, action, uses, instead])
  if (instead !== null) {
    const told = await runAction(() => previewReplacement(ctx, { id: instead }))
    const first = told.ok ? { ok: true as const, data: told.data.preview } : told
    const replaces = told.ok ? told.data.replaces : []
    return <RequestScreen key={key} {...about} given={{ first, uses: null, denial: null, replaces }} />
  }
  if (nodeId === null) return <RequestScreen key={key} {...about} />
  const rights = [{ nodeId, scopes: action ? [action] : [] }]
  const first = await runAction(() => previewGrant(ctx, { identityId, mode: 'runtime', rights }))
  return <RequestScreen key={key} {...about} given={{ first, uses, denial }} />
}
