import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import type { SearchParams } from 'nuqs/server'
import { CredentialInventory } from '@/components/identities/credential-inventory'
import { IdentityInventory } from '@/components/identities/identity-inventory'
import { Refusal } from '@/components/ui/refusal'
import { credentialQueryOf, identityQueryOf, loadCredentialState, loadIdentityState } from '@/lib/identities/address'
import { listFirstCredentials, listFirstIdentities } from '@/lib/identities/server/list-first-page'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'
import { resolveView } from '@/lib/views/server/resolve-view'

export const metadata: Metadata = { title: 'Inventory' }

export default async function InventoryPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await contextFromSession()
  const { orgId } = ctx.tenant
  const params = await searchParams
  const state = loadIdentityState(params)
  const view = await runAction(() =>
    resolveView(ctx, {
      list: state.tab,
      view: typeof params.view === 'string' ? params.view : undefined,
      isPlain: Object.keys(params).every((name) => name === 'tab'),
    }),
  )
  if (!view.ok) {
    if (view.error.code === 'not_found') notFound()
    return <Refusal what="view" error={view.error} />
  }
  if (view.data) redirect(view.data)
  if (state.tab === 'credentials') {
    const shown = loadCredentialState(params)
    const query = credentialQueryOf(shown)
    const first = await runAction(() => listFirstCredentials(ctx, query, shown.at ?? 0))
    return <CredentialInventory orgId={orgId} question={JSON.stringify(query)} first={first} />
  }
  const query = identityQueryOf(state)
  const first = await runAction(() => listFirstIdentities(ctx, query, state.at ?? 0))
  return <IdentityInventory orgId={orgId} question={JSON.stringify(query)} first={first} />
}
