'use client'

import { lazy, Suspense } from 'react'
import type { CredentialPage } from '@/lib/identities/schema'
import type { InventoryProps } from './inventory-kind'

const load = () => import('./credential-inventory').then((module) => ({ default: module.CredentialInventory }))
const Inventory = lazy(load)
// Before React asks for it: the page shows what the server painted meanwhile.
if (typeof window !== 'undefined' && new URLSearchParams(window.location.search).get('tab') === 'credentials') {
  load().catch(() => {})
}

/** The list of credentials, apart from that of identities: a visit needs one of them first. */
export function CredentialInventory(props: InventoryProps<CredentialPage>) {
  return (
    <Suspense>
      <Inventory {...props} />
    </Suspense>
  )
}
