import { answeredBy } from '@/lib/platform/authz/plan'
import { Prisma } from '@/lib/platform/db/generated/client'
import type {
  CodePlace,
  DimensionValue,
  ListFacet,
  ListFilter,
  ListQuery,
  ListTable,
} from '@/lib/platform/db/list/list-table'
import { daysOf } from '../address'
import type { IdentityFilter } from '../filters'
import { privilegeOfRank, rankOfPrivilege } from '../rules'
import type { OwnerState } from '../schema'
import { identityTraits } from '../values'

const minuteMs = 60_000
const hourMs = 3_600_000
const dayMs = 86_400_000

/** The place of the number of a word among words, as the migration `listing_codes` has it. */
export function placeOf(shift: number, bits: number, words: readonly DimensionValue[]): CodePlace {
  return { shift, bits, codeOf: (value) => words.indexOf(value) }
}

export const identityTable = {
  table: 'identity_listing',
  id: 'identity_id',
  combos: 'identity_combo',
  tally: 'identity_tally',
  dimensions: [
    'kind',
    'environment',
    'status',
    'owner_state',
    'privilege_rank',
    'source_id',
    'never_expires',
    'traits',
  ],
  codes: {
    kind: placeOf(0, 4, [
      'service_account',
      'workload',
      'api_client',
      'oauth_app',
      'bot',
      'iam_role',
      'certificate_principal',
      'ai_agent',
    ]),
    status: placeOf(4, 2, ['active', 'disabled', 'unknown', 'gone']),
    owner_state: placeOf(6, 2, ['none', 'left', 'suggested', 'confirmed']),
    privilege_rank: { shift: 8, bits: 3, codeOf: Number },
    never_expires: placeOf(11, 1, [false, true]),
    traits: { shift: 12, bits: 5, codeOf: Number },
  },
  sorts: {
    name: { column: 'name_key', type: 'text' },
    environment: { column: 'environment', type: 'text', isDimension: true },
    owner: {
      column: 'owner_order',
      type: 'text',
      hasValue: { on: 'owner_state', of: (state) => state === 'suggested' || state === 'confirmed' },
    },
    credentials: { column: 'credential_count', type: 'number' },
    oldest: { column: 'oldest_credential_at', type: 'instant' },
    expiry: { column: 'next_expiry_at', type: 'instant' },
    lastUsed: { column: 'used_order', type: 'instant' },
    privilege: { column: 'privilege_rank', type: 'number', isDimension: true },
    blast: { column: 'score', type: 'real' },
  },
  search: 'search_identities',
} satisfies ListTable

/** The instant that is `days` ("90d") before (negative sign) or after the hour of `now`: the same all through the hour, and so is what it leaves. */
export function instantAt(now: Date, days: string, sign: 1 | -1): Date {
  return new Date(floorTo(now, hourMs).getTime() + sign * daysOf(days) * dayMs)
}

/** The minute of `now`, for what has ended by now. */
export function minuteOf(now: Date): Date {
  return floorTo(now, minuteMs)
}

function floorTo(now: Date, unit: number): Date {
  return new Date(Math.floor(now.getTime() / unit) * unit)
}

/** A value's dimension among those that were chosen; `unknown` stands for "the source does not say". */
export function oneOf(chosen: readonly string[], dimension: string): ListFilter {
  const values = new Set(chosen)
  return { passes: { on: dimension, of: (value) => values.has(String(value ?? 'unknown')) } }
}

/** The values of one dimension, as a facet. */
export function valuesOf(dimension: string): ListFacet {
  return { values: { on: dimension, of: (value) => [String(value ?? 'unknown')] } }
}

/**
 * Turns the filters into what the list engine takes. `ownerKeys` are the caller's own, for `owner=mine`; `permitted` the rows
 * that the caller may see. Pure.
 */
export function identityListQuery(
  filter: IdentityFilter,
  now: Date,
  ownerKeys: readonly string[],
  permitted: Prisma.Sql | null,
): ListQuery {
  const { words, filters } = textFilters(filter.q)
  return {
    permitted,
    words,
    filters: {
      ...filters,
      ...(filter.kind && { kind: oneOf(filter.kind, 'kind') }),
      ...(filter.environment && { environment: oneOf(filter.environment, 'environment') }),
      ...(filter.owner && { owner: ownerFilter(filter.owner, ownerKeys) }),
      ...(filter.ownedBy && { ownedBy: { rows: ownedBy(filter.ownedBy) } }),
      ...(filter.privilege && {
        privilege: oneOf(
          filter.privilege.map((name) => String(rankOfPrivilege(name))),
          'privilege_rank',
        ),
      }),
      status: filter.status
        ? oneOf(filter.status, 'status')
        : { passes: { on: 'status', of: (status) => status !== 'gone' } },
      ...(filter.source && { source: oneOf(filter.source, 'source_id') }),
      ...(filter.trait && { trait: traitFilter(filter.trait) }),
      ...(filter.age && {
        age: {
          bounds: 'oldest_credential_at',
          rows: Prisma.sql`l.oldest_credential_at < ${instantAt(now, filter.age, -1)}`,
        },
      }),
      ...(filter.expiry && { expiry: expiryFilter(filter.expiry, now) }),
      ...(filter.used && { used: usedFilter(filter.used, now) }),
      ...(filter.blast && { blast: scoreFilter(filter.blast) }),
      ...exceptionFilters(filter, now),
    },
  }
}

/**
 * Words of three characters and more go through the search; shorter ones only narrow what those find. A text without a long
 * word is the beginning of a name.
 */
export function textFilters(q: string | undefined): Pick<ListQuery, 'words' | 'filters'> {
  if (q === undefined) return { words: [], filters: {} }
  const words = [...new Set(q.split(/\s+/).filter((word) => word !== ''))]
  const long = words.filter((word) => [...word].length >= 3)
  if (long.length > 0) {
    const short = words.filter((word) => !long.includes(word))
    const filters = short.map((word, index) => [`short ${index}`, { rows: contains(word) }] as const)
    return { words: long, filters: Object.fromEntries(filters) }
  }
  const start = Prisma.sql`lower(${q}::text COLLATE pg_catalog.pg_c_utf8) COLLATE "C"`
  const rows = Prisma.sql`l.name_key >= ${start} AND l.name_key < (${start} || ${'\u{10FFFF}'}::text)`
  return { words: [], filters: { q: { rows } } }
}

function contains(word: string): Prisma.Sql {
  return Prisma.sql`strpos(l.search_text, lower(${word}::text COLLATE pg_catalog.pg_c_utf8) COLLATE "C") > 0`
}

function ownerFilter(owners: NonNullable<IdentityFilter['owner']>, ownerKeys: readonly string[]): ListFilter {
  const states = owners.filter((owner): owner is OwnerState => owner !== 'mine')
  return {
    ...(states.length > 0 && oneOf(states, 'owner_state')),
    ...(states.length < owners.length && { rows: answeredBy(ownerKeys) }),
  }
}

function ownedBy(labels: readonly string[]): Prisma.Sql {
  return Prisma.sql`l.owner_order = ANY (ARRAY(
    SELECT lower(label COLLATE pg_catalog.pg_c_utf8) COLLATE "C" FROM unnest(${labels}::text[]) AS label))`
}

function traitFilter(chosen: NonNullable<IdentityFilter['trait']>): ListFilter {
  const bits = chosen.reduce((mask, trait) => mask | (1 << identityTraits.indexOf(trait)), 0)
  return { passes: { on: 'traits', of: (traits) => (Number(traits) & bits) !== 0 } }
}

/** The traits that bits stand for. */
export function traitsOf(bits: number) {
  return identityTraits.filter((_, index) => (bits & (1 << index)) !== 0)
}

function expiryFilter(expiry: NonNullable<IdentityFilter['expiry']>, now: Date): ListFilter {
  if (expiry === 'never') return { passes: { on: 'never_expires', of: (never) => never === true } }
  const until = expiry === 'expired' ? minuteOf(now) : instantAt(now, expiry, 1)
  return { bounds: 'next_expiry_at', rows: Prisma.sql`l.next_expiry_at <= ${until}` }
}

/** `60`: over 60; `40-50`: from 40 to below 50, and to 100 with it. */
function scoreFilter(blast: string): ListFilter {
  if (blast === 'unknown') return { rows: Prisma.sql`l.score IS NULL` }
  const [from = 0, to] = blast.split('-').map(Number)
  const rows =
    to === undefined
      ? Prisma.sql`l.score > ${from}`
      : to >= 100
        ? Prisma.sql`l.score >= ${from}`
        : Prisma.sql`l.score >= ${from} AND l.score < ${to}`
  return { rows, bounds: 'score' }
}

/** The same column exists in both lists: never used is before every instant. */
export function usedFilter(used: string, now: Date): ListFilter {
  if (used === 'unknown') return { rows: Prisma.sql`l.used_order IS NULL` }
  const rows =
    used === 'never' ? Prisma.sql`l.used_order = '-infinity'` : Prisma.sql`l.used_order < ${instantAt(now, used, -1)}`
  return { rows, bounds: 'used_order' }
}

/**
 * Both lists: whether the identity is excepted from a rule now. Few are, so the list is told of them by their ids. Credentials
 * that nobody is known to hold are excepted from nothing.
 */
export function exceptionFilters(
  { excepted, notExcepted }: Pick<IdentityFilter, 'excepted' | 'notExcepted'>,
  now: Date,
): Record<string, ListFilter> {
  const among = (rules: readonly string[]) => Prisma.sql`l.identity_id = ANY (ARRAY(
    SELECT i.id FROM identity i CROSS JOIN LATERAL jsonb_array_elements(i.exclusions) e
    WHERE i.exclusions <> '[]' AND e ->> 'rule' = ANY (${rules}::text[]) AND (e ->> 'until')::timestamptz > ${minuteOf(now)}))`
  return {
    ...(excepted && { excepted: { rows: among(excepted) } }),
    ...(notExcepted && { notExcepted: { rows: Prisma.sql`(${among(notExcepted)}) IS NOT TRUE` } }),
  }
}

/** The facets of the list, by the names of the filters. */
export function identityFacets(ownerKeys: readonly string[]): Record<string, ListFacet> {
  return {
    kind: valuesOf('kind'),
    environment: valuesOf('environment'),
    owner: { ...valuesOf('owner_state'), ...(ownerKeys.length > 0 && { counted: { mine: answeredBy(ownerKeys) } }) },
    privilege: { values: { on: 'privilege_rank', of: (rank) => [privilegeOfRank(Number(rank)) ?? 'none'] } },
    status: valuesOf('status'),
    source: valuesOf('source_id'),
    trait: { values: { on: 'traits', of: (traits) => traitsOf(Number(traits)) } },
  }
}
