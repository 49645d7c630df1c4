'use client'

import { lazy } from 'react'
import { credentialFilterNames, credentialParsers, credentialQueryOf } from '@/lib/identities/address'
import type { CredentialQuery } from '@/lib/identities/filters'
import { credentialList } from '@/lib/identities/queries'
import type { Credential, CredentialPage } from '@/lib/identities/schema'
import { credentialColumns } from './credential-columns'
import { credentialFacetMenus } from './credential-facets'
import { ExportMenu } from './export-menu'
import type { InventoryKind, InventoryProps } from './inventory-kind'
import { InventoryList } from './inventory-list'

const CredentialPanel = lazy(() => import('./credential-panel').then((module) => ({ default: module.CredentialPanel })))

const credentials: InventoryKind<Credential, CredentialQuery, CredentialPage> = {
  tab: 'credentials',
  label: 'Credentials',
  noun: ['credential', 'credentials'],
  placeholder: 'Name, id or last four',
  parsers: credentialParsers,
  filters: credentialFilterNames,
  queryOf: credentialQueryOf,
  list: credentialList,
  columns: (policy, asOf) => credentialColumns(policy, asOf),
  hidden: [],
  menus: (query, page) => credentialFacetMenus(query, page?.facets),
  textOrder: (sort) => (sort === 'name' ? { name: 'name', textOf: ({ name }) => name } : undefined),
  Panel: CredentialPanel,
  Export: (props) => <ExportMenu list="credentials" {...props} />,
}

/** The list of credentials. */
export function CredentialInventory(props: InventoryProps<CredentialPage>) {
  return <InventoryList kind={credentials} {...props} />
}
