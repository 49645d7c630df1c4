import { Prisma } from '@/lib/platform/db/generated/client'
import type { ListFacet, ListFilter, ListQuery, ListTable } from '@/lib/platform/db/list/list-table'
import type { CredentialFilter } from '../filters'
import { expiringWithinDays } from '../rules'
import {
  exceptionFilters,
  instantAt,
  minuteOf,
  oneOf,
  placeOf,
  textFilters,
  usedFilter,
  valuesOf,
} from './resolve-identity-filter'

export const credentialTable = {
  table: 'credential',
  id: 'id',
  combos: 'credential_combo',
  tally: 'credential_tally',
  dimensions: ['type', 'state', 'holder', 'environment', 'source_id', 'ends'],
  codes: {
    type: placeOf(0, 4, [
      'password',
      'api_key',
      'access_token',
      'refresh_token',
      'client_secret',
      'certificate',
      'ssh_key',
      'signing_key',
    ]),
    state: placeOf(4, 3, ['discovered', 'active', 'rotating', 'superseded', 'disabled', 'deleted', 'gone']),
    holder: placeOf(7, 2, ['identity', 'person', 'unknown']),
    ends: placeOf(9, 2, ['dated', 'never', 'unknown']),
  },
  sorts: {
    name: { column: 'name_key', type: 'text' },
    type: { column: 'type', type: 'text', isDimension: true },
    status: { column: 'state', type: 'text', isDimension: true },
    issued: { column: 'age_from', type: 'instant' },
    // "Never expires" is later than every instant.
    expiry: { column: 'expiry_order', type: 'instant', hasValue: { on: 'ends', of: (ends) => ends !== 'unknown' } },
    lastUsed: { column: 'used_order', type: 'instant' },
  },
  search: 'search_credentials',
} satisfies ListTable

/** Turns the filters into what the list engine takes. Pure. */
export function credentialListQuery(filter: CredentialFilter, now: Date, permitted: Prisma.Sql | null): ListQuery {
  const { words, filters } = textFilters(filter.q)
  const { age } = filter
  return {
    permitted,
    words,
    filters: {
      ...filters,
      ...(filter.type && { type: oneOf(filter.type, 'type') }),
      status: filter.status
        ? oneOf(filter.status, 'state')
        : { passes: { on: 'state', of: (state) => state !== 'gone' && state !== 'deleted' } },
      // Only what an identity holds has an environment, or has none that is known.
      ...(filter.environment && {
        environment: oneOf(filter.environment, 'environment'),
        held: oneOf(['identity'], 'holder'),
      }),
      ...(age && {
        age: { bounds: 'age_from', rows: Prisma.sql`l.age_from < ${instantAt(now, age, -1)}` },
        inUse: { passes: { on: 'state', of: (state) => state !== 'disabled' && state !== 'deleted' } },
      }),
      ...(filter.expiry && { expiry: expiryFilter(filter.expiry, now) }),
      ...(filter.used && { used: usedFilter(filter.used, now) }),
      ...(filter.identity && { identity: { rows: Prisma.sql`l.identity_id = ${filter.identity}::uuid` } }),
      ...exceptionFilters(filter, now),
      // People's credentials are context, not inventory: only when asked for.
      holder: oneOf(filter.holder ?? ['identity', 'unknown'], 'holder'),
    },
  }
}

/** Whether the end of a credential is past, near, none or not known. */
function expiryFilter(expiry: NonNullable<CredentialFilter['expiry']>, now: Date): ListFilter {
  if (expiry === 'never' || expiry === 'unknown') return { passes: { on: 'ends', of: (ends) => ends === expiry } }
  return { bounds: 'expiry_order', rows: endsWithin(expiry, now) }
}

function endsWithin(expiry: string, now: Date): Prisma.Sql {
  if (expiry === 'expired') return Prisma.sql`l.expiry_order <= ${minuteOf(now)}`
  return Prisma.sql`l.expiry_order > ${minuteOf(now)} AND l.expiry_order <= ${instantAt(now, expiry, 1)}`
}

/** The facets of the list, by the names of the filters. */
export function credentialFacets(now: Date): Record<string, ListFacet> {
  const soon = `${expiringWithinDays}d`
  return {
    type: valuesOf('type'),
    status: valuesOf('state'),
    environment: { ...valuesOf('environment'), among: { on: 'holder', of: (holder) => holder === 'identity' } },
    holder: valuesOf('holder'),
    expiry: {
      values: { on: 'ends', of: (ends) => (ends === 'never' || ends === 'unknown' ? [ends] : []) },
      counted: { expired: endsWithin('expired', now), [soon]: endsWithin(soon, now) },
    },
  }
}
