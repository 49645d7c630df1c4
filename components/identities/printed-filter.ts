import { credentialLanguage, identityLanguage } from '@/lib/identities/filter-text'
import type { CredentialQuery, IdentityQuery } from '@/lib/identities/filters'
import type { CredentialPage, IdentityPage } from '@/lib/identities/schema'
import { printFilter } from '@/lib/platform/browser/parse-filter'
import { credentialFacetMenus } from './credential-facets'
import { identityFacetMenus } from './inventory-facets'

/** A filter as its box shows it, with the names that the menus have; for the server, so that the first view needs no printer. */
export function printIdentityFilter(query: IdentityQuery, page: IdentityPage | undefined): string {
  return printFilter(identityLanguage, query, namesOf(identityFacetMenus(query, page?.facets)))
}

export function printCredentialFilter(query: CredentialQuery, page: CredentialPage | undefined): string {
  return printFilter(credentialLanguage, query, namesOf(credentialFacetMenus(query, page?.facets)))
}

function namesOf(menus: { id: string; options: { value: string; label: string }[] }[]) {
  return Object.fromEntries(menus.map(({ id, options }) => [id, options]))
}
