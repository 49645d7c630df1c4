import type { Facet } from '@/components/ui/facet-options'
import { CredentialType, credentialTypeLabels } from '@/components/ui/marks/credential-type'
import { daysOf } from '@/lib/identities/address'
import type { CredentialQuery } from '@/lib/identities/filters'
import type { CredentialFacets } from '@/lib/identities/schema'
import { credentialStatusWords } from './credential-state'
import { chosen, exceptionMenus, type Labels, options, spans, usedMenu, worded } from './inventory-facets'

const expiryLabels: Labels = { expired: 'Expired', never: 'Never expires', unknown: 'Not known' }
const holderLabels: Labels = { identity: 'An identity', person: 'A person', unknown: 'Not known' }

/** The filter bar of the credentials. */
export function credentialFacetMenus(query: CredentialQuery, facets: CredentialFacets | null | undefined): Facet[] {
  const type = options(facets?.type, query.type ?? [], worded(credentialTypeLabels))
  const ends = options(facets?.expiry, chosen(query.expiry), (value) =>
    /^\d+d$/.test(value) ? `Within ${daysOf(value)} days` : (expiryLabels[value] ?? value),
  )
  return [
    {
      id: 'type',
      label: 'Type',
      selected: query.type ?? [],
      options: type.map((option) => ({ ...option, icon: <CredentialType type={option.value as 'password'} /> })),
    },
    {
      id: 'status',
      label: 'State',
      selected: query.status ?? [],
      options: options(facets?.status, query.status ?? [], worded(credentialStatusWords)),
    },
    {
      id: 'environment',
      label: 'Environment',
      selected: query.environment ?? [],
      options: options(facets?.environment, query.environment ?? [], (value) => value),
    },
    {
      id: 'age',
      label: 'Age',
      isSingle: true,
      selected: chosen(query.age),
      options: spans([30, 90, 180, 365], (days) => `Over ${days} days`, query.age),
    },
    { id: 'expiry', label: 'Expiry', isSingle: true, selected: chosen(query.expiry), options: ends },
    usedMenu(query.used),
    {
      id: 'holder',
      label: 'Of',
      selected: query.holder ?? [],
      options: options(facets?.holder, query.holder ?? [], worded(holderLabels)),
    },
    ...exceptionMenus(query),
  ]
}
