import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import type { SearchParams } from 'nuqs/server'
import { AccessScreen } from '@/components/access-graph/access-screen'
import { BlastScreen } from '@/components/access-graph/blast-screen'
import { loadIdentityPage } from '@/components/identities/identity-address'
import { IdentityCredentials } from '@/components/identities/identity-credentials'
import { IdentityHistory } from '@/components/identities/identity-history'
import { IdentityScreen } from '@/components/identities/identity-screen'
import { Refusal } from '@/components/ui/refusal'
import { accessParsers, loadAccessQuery } from '@/lib/access-graph/filters'
import { getBlastRadius } from '@/lib/access-graph/server/get-blast-radius'
import { listAccess } from '@/lib/access-graph/server/list-access'
import { loadHistoryQuery } from '@/lib/identities/filters'
import { ById } from '@/lib/identities/schema'
import { getIdentity } from '@/lib/identities/server/get-identity'
import { listIdentityCredentials } from '@/lib/identities/server/list-identity-credentials'
import { listIdentityHistory } from '@/lib/identities/server/list-identity-history'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Identity' }

type Props = { params: Promise<{ id: string }>; searchParams: Promise<SearchParams> }

export default async function IdentityPage({ params, searchParams }: Props) {
  const ctx = await contextFromSession()
  const { orgId } = ctx.tenant
  const { data: { id } = {} } = ById.safeParse(await params)
  if (id === undefined) notFound()
  const search = await searchParams
  const { tab, after, dropped } = loadIdentityPage(search, accessParsers)
  const identity = await runAction(() => getIdentity(ctx, { id }))
  if (!identity.ok && identity.error.code === 'not_found') notFound()
  if (!identity.ok) return <Refusal what="identity" error={identity.error} />
  const shown = { orgId, identity: { id, name: identity.data.name } }
  const list = {
    credentials: async () => {
      const first = await runAction(() => listIdentityCredentials(ctx, { id, cursor: after ?? undefined }))
      return <IdentityCredentials {...shown} first={first} firstAfter={after} />
    },
    access: async () => {
      const query = loadAccessQuery(search)
      const first = await runAction(() => listAccess(ctx, { ...query, id }))
      return <AccessScreen {...shown} first={first} firstQuery={query} />
    },
    'blast-radius': async () => <BlastScreen {...shown} first={await runAction(() => getBlastRadius(ctx, { id }))} />,
    history: async () => {
      const query = loadHistoryQuery(search)
      const first = await runAction(() => listIdentityHistory(ctx, { ...query, id }))
      return <IdentityHistory orgId={orgId} identityId={id} first={first} firstQuery={query} />
    },
  }
  return (
    <IdentityScreen orgId={orgId} first={identity.data} tab={tab} dropped={dropped}>
      {tab === 'summary' || tab === 'ownership' ? null : await list[tab]()}
    </IdentityScreen>
  )
}
