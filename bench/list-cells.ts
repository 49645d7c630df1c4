import type { IdentityFilter } from '../lib/identities/filters'
import { identityFacets, identityListQuery, identityTable } from '../lib/identities/server/resolve-identity-filter'
import type { IdentitySort } from '../lib/identities/values'
import { countFacets, type ListScope, listRows, readCounts } from '../lib/platform/db/list/list-rows'
import type { BenchReader } from './reader'

/** Filters from none to rare, of every sort: dimensions, instants, and both. */
export const listFilters: Record<string, IdentityFilter> = {
  none: {},
  'production service accounts': { environment: ['production'], kind: ['service_account'] },
  'rare: disabled admin agents in production': {
    kind: ['ai_agent'],
    environment: ['production'],
    privilege: ['admin'],
    status: ['disabled'],
  },
  'no owner, unused 90 days, admin': { owner: ['none'], used: '90d', privilege: ['admin'] },
  'credential older than a year': { age: '365d' },
  'expiring within 30 days': { expiry: '30d' },
  'never expires, production': { expiry: 'never', environment: ['production'] },
  'owner left': { owner: ['left'] },
  'across environments': { trait: ['cross_environment'] },
}

export const listSorts: { sort: IdentitySort; dir: 'asc' | 'desc' }[] = [
  { sort: 'name', dir: 'asc' },
  { sort: 'lastUsed', dir: 'desc' },
  { sort: 'privilege', dir: 'desc' },
  { sort: 'oldest', dir: 'asc' },
  { sort: 'expiry', dir: 'asc' },
  { sort: 'owner', dir: 'asc' },
  { sort: 'credentials', dir: 'desc' },
  { sort: 'environment', dir: 'asc' },
]

/** One word, two words, no hit, an owner, a rare part of a name. */
export const searches: Record<string, string> = {
  'one word': 'ledger',
  'two words': 'ledger prod',
  'no hit': 'zqxjkvw',
  owner: 'payments',
  'rare part': 'ledger-api-prod-1',
}

function scopeOf(reader: BenchReader, orgId: string, filter: IdentityFilter): ListScope {
  return { sql: reader.sql, orgId, table: identityTable, query: identityListQuery(filter, new Date(), [], null) }
}

/** One page with its exact total, as the list does it. */
export async function listOnce(
  reader: BenchReader,
  orgId: string,
  filter: IdentityFilter,
  order: (typeof listSorts)[number],
) {
  const scope = scopeOf(reader, orgId, filter)
  return listRows(
    scope,
    { sort: order.sort, direction: order.dir, cursor: undefined, skip: 0, limit: 50 },
    readCounts(scope),
  )
}

/** A page far down: behind the cursor of an earlier one. */
export async function listDeep(reader: BenchReader, orgId: string, cursor: string) {
  const scope = scopeOf(reader, orgId, {})
  return listRows(scope, { sort: 'name', direction: 'asc', cursor, skip: 0, limit: 50 }, readCounts(scope))
}

/** All facets with the exact total. */
export async function facetsOnce(reader: BenchReader, orgId: string, filter: IdentityFilter) {
  const scope = scopeOf(reader, orgId, filter)
  return countFacets(scope, identityFacets([]), readCounts(scope))
}
