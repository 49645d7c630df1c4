import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import type { SearchParams } from 'nuqs/server'
import { AccessScreen } from '@/components/access-graph/access-screen'
import { IdentityHistory } from '@/components/identities/identity-history'
import { IdentityScreen } from '@/components/identities/identity-screen'
import { Refusal } from '@/components/ui/refusal'
import { listAccess } from '@/lib/access-graph/server/list-access'
import { loadIdentityPage } from '@/lib/identities/filters'
import { ById } from '@/lib/identities/schema'
import { getIdentity } from '@/lib/identities/server/get-identity'
import { listIdentityHistory } from '@/lib/identities/server/list-identity-history'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Identity' }

interface IdentityPageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<SearchParams>
}

export default async function IdentityPage({ params, searchParams }: IdentityPageProps) {
  const ctx = await contextFromSession()
  const { orgId } = ctx.tenant
  const input = ById.safeParse(await params)
  if (!input.success) notFound()
  const { id } = input.data
  const { tab } = loadIdentityPage(await searchParams)
  const identity = await runAction(() => getIdentity(ctx, { id }))
  if (!identity.ok) {
    if (identity.error.code === 'not_found') notFound()
    return <Refusal what="identity" error={identity.error} />
  }
  const { name } = identity.data
  return (
    <IdentityScreen orgId={orgId} first={identity.data} tab={tab}>
      {tab === 'access' ? (
        <AccessScreen orgId={orgId} identity={{ id, name }} first={await runAction(() => listAccess(ctx, { id }))} />
      ) : null}
      {tab === 'history' ? (
        <IdentityHistory
          orgId={orgId}
          identityId={id}
          first={await runAction(() => listIdentityHistory(ctx, { id }))}
        />
      ) : null}
    </IdentityScreen>
  )
}
