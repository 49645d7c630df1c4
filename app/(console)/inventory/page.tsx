import type { Metadata } from 'next'
import type { SearchParams } from 'nuqs/server'
import { CredentialInventory } from '@/components/identities/credential-inventory'
import { IdentityInventory } from '@/components/identities/identity-inventory'
import { credentialQueryOf, identityQueryOf, loadCredentialState, loadIdentityState } from '@/lib/identities/filters'
import { listCredentials } from '@/lib/identities/server/list-credentials'
import { listIdentities } from '@/lib/identities/server/list-identities'
import { contextFromSession } from '@/lib/platform/auth/session'
import { runAction } from '@/lib/platform/http/action'

export const metadata: Metadata = { title: 'Inventory' }

export default async function InventoryPage({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const ctx = await contextFromSession()
  const { orgId } = ctx.tenant
  const params = await searchParams
  const state = loadIdentityState(params)
  if (state.tab === 'credentials') {
    const query = credentialQueryOf(loadCredentialState(params))
    return <CredentialInventory orgId={orgId} first={await runAction(() => listCredentials(ctx, query))} />
  }
  const query = identityQueryOf(state)
  return <IdentityInventory orgId={orgId} first={await runAction(() => listIdentities(ctx, query))} />
}
