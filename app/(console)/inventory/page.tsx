import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { CredentialInventory } from '@/components/identities/credential-inventory'
import { IdentityInventory } from '@/components/identities/identity-inventory'
import { credentialQueryOf, identityQueryOf, loadCredentialState, loadIdentityState } from '@/lib/identities/filters'
import { listFirstCredentials, listFirstIdentities } from '@/lib/identities/server/list-first-page'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Inventory' }

export default async function InventoryPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await contextFromSession()
  const { orgId } = ctx.tenant
  const params = await searchParams
  const state = loadIdentityState(params)
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
