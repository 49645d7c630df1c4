import type { Metadata } from 'next'
import { notFound, redirect } from 'next/navigation'
import type { SearchParams } from 'nuqs/server'
import { CredentialInventory } from '@/components/identities/credential-tab'
import { IdentityInventory } from '@/components/identities/identity-inventory'
import { printCredentialFilter, printIdentityFilter } from '@/components/identities/printed-filter'
import { RefusalLater } from '@/components/ui/refusal-later'
import { credentialQueryOf, identityQueryOf } from '@/lib/identities/address'
import { listFirstCredentials, listFirstIdentities } from '@/lib/identities/server/list-first-page'
import { loadCredentialState, loadIdentityState } from '@/lib/identities/server/load-address'
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
    return <RefusalLater what="view" error={view.error} />
  }
  if (view.data) redirect(view.data)
  if (state.tab === 'credentials') {
    const shown = loadCredentialState(params)
    const query = credentialQueryOf(shown)
    const first = await runAction(() => listFirstCredentials(ctx, query, shown.at ?? 0))
    const filterText = printCredentialFilter(query, first.ok ? first.data.head : undefined)
    return <CredentialInventory {...{ orgId, first, filterText }} question={JSON.stringify(query)} />
  }
  const query = identityQueryOf(state)
  const first = await runAction(() => listFirstIdentities(ctx, query, state.at ?? 0))
  const filterText = printIdentityFilter(query, first.ok ? first.data.head : undefined)
  return <IdentityInventory {...{ orgId, first, filterText }} question={JSON.stringify(query)} />
}
