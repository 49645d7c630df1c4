'use client'

import dynamic from 'next/dynamic'
import { credentialFilterNames, credentialParsers, credentialQueryOf } from '@/lib/identities/address'
import { credentialLanguage } from '@/lib/identities/filter-text'
import type { CredentialQuery } from '@/lib/identities/filters'
import { credentialList } from '@/lib/identities/queries'
import type { Credential, CredentialPage } from '@/lib/identities/schema'
import { credentialColumns } from './credential-columns'
import { ExportMenu } from './export-menu'
import { credentialFacetMenus } from './inventory-facets'
import type { InventoryKind, InventoryProps } from './inventory-kind'
import { InventoryList } from './inventory-list'

const CredentialPanel = dynamic(() => import('./credential-panel').then((module) => module.CredentialPanel), {
  ssr: false,
})

const credentials: InventoryKind<Credential, CredentialQuery, CredentialPage> = {
  tab: 'credentials',
  label: 'Credentials',
  noun: ['credential', 'credentials'],
  placeholder: 'Name, id or last four',
  parsers: credentialParsers,
  filters: credentialFilterNames,
  language: credentialLanguage,
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
