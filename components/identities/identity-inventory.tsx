'use client'

import { lazy } from 'react'
import { identityFilterNames, identityParsers, identityQueryOf } from '@/lib/identities/address'
import type { IdentityQuery } from '@/lib/identities/filters'
import { createIdentitySelection, identityList } from '@/lib/identities/queries'
import { identityHref } from '@/lib/identities/rules'
import type { FacetCount, Identity, IdentityPage } from '@/lib/identities/schema'
import { ExportMenu } from './export-menu'
import { hiddenByDefault, identityColumns } from './identity-columns'
import { identityFacetMenus } from './inventory-facets'
import type { InventoryKind, InventoryProps } from './inventory-kind'
import { InventoryList } from './inventory-list'

const IdentityPanel = lazy(() => import('./identity-panel').then((module) => ({ default: module.IdentityPanel })))
const BulkActions = lazy(() => import('./identity-bulk-actions').then((module) => ({ default: module.BulkActions })))

const groupOptions = [
  { value: 'owner', label: 'Owner' },
  { value: 'environment', label: 'Environment' },
  { value: 'source', label: 'Source' },
]
const withoutOwner = ['none', 'left'] as const

/** The rows of one group: for those without an owner, the states that say so. */
function filterOfGroup({ owner }: IdentityQuery, group: string, value: string): Partial<IdentityQuery> {
  if (group === 'environment') return { environment: [value] }
  if (group === 'source') return { source: [value] }
  if (value !== 'none') return { ownedBy: [value] }
  const asked = withoutOwner.filter((state) => owner?.includes(state))
  return { owner: asked.length > 0 ? asked : [...withoutOwner] }
}

function labelOfGroup(group: string, { value, label }: FacetCount): string {
  if (group === 'owner' && value === 'none') return 'No owner'
  if (group === 'environment' && value === 'unknown') return 'Environment not known'
  return label ?? value
}

const textOrders: Record<string, { name: string; textOf: (row: Identity) => string | null }> = {
  name: { name: 'name', textOf: ({ name }) => name },
  owner: { name: "owner's name", textOf: ({ owner }) => owner.first?.label ?? null },
  environment: { name: "environment's name", textOf: ({ environment }) => environment },
}

const identities: InventoryKind<Identity, IdentityQuery, IdentityPage> = {
  tab: 'identities',
  label: 'Identities',
  noun: ['identity', 'identities'],
  placeholder: 'Name, ARN or id',
  parsers: identityParsers,
  filters: identityFilterNames,
  queryOf: identityQueryOf,
  list: identityList,
  columns: identityColumns,
  hidden: hiddenByDefault,
  menus: (query, page) => identityFacetMenus(query, page?.facets),
  rowHref: ({ id }) => identityHref(id),
  textOrder: (sort) => textOrders[sort],
  Panel: IdentityPanel,
  Export: (props) => <ExportMenu list="identities" {...props} />,
  grouping: { options: groupOptions, filterOf: filterOfGroup, labelOf: labelOfGroup },
  bulk: {
    isFor: ({ can }) => can.assignOwner,
    selectAll: ({ sort: _sort, dir: _dir, group: _group, ...filter }) => createIdentitySelection(filter),
    Actions: BulkActions,
  },
}

/** The list of identities. */
export function IdentityInventory(props: InventoryProps<IdentityPage>) {
  return <InventoryList kind={identities} {...props} />
}
