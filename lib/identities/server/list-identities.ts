import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { fetchPage } from '@/lib/platform/db/keyset'
import { type IdentityQuery, ownerFilters, pageSize } from '../filters'
import { identityTarget, ownerKind, privilegeOfRank, sortOwnerships } from '../rules'
import {
  type FacetCount,
  Identity,
  type IdentityFacets,
  type IdentityPage,
  type OwnerDuty,
  type OwnershipState,
} from '../schema'
import { allOf, identityConditions, identitySegments, ownedBy } from './resolve-identity-filter'
import {
  countIdentities,
  countIdentitiesBy,
  findAgePolicy,
  type IdentityDimension,
  type IdentityRow,
  listIdentityRows,
  listSources,
} from './store'

/**
 * One page of the identities that the caller may see, in any order, with exact totals and facets on the first page.
 * @throws AppError `forbidden` when the caller may list none, `invalid_input` for a cursor of another order
 */
export async function listIdentities(ctx: Context, query: IdentityQuery): Promise<IdentityPage> {
  const now = new Date()
  const { where: permitted } = await ctx.plan('list', 'identity')
  const { sort = 'name', dir = 'asc', cursor, limit = pageSize, ...filter } = query
  const conditions = identityConditions(filter, now, ownerKeysOf(ctx.actor))
  const matching = allOf(conditions, permitted)
  const isFirst = cursor === undefined
  const [page, total, facets, policy, canImport] = await Promise.all([
    fetchPage({
      name: `identities:${sort}:${dir}:${ctx.tenant.orgId}`,
      segments: identitySegments(sort, dir),
      direction: dir,
      cursor,
      limit,
      fetch: (where, orderBy, take) => listIdentityRows(ctx.db, { AND: [matching, where] }, orderBy, take),
    }),
    isFirst ? countIdentities(ctx.db, matching) : null,
    isFirst ? countFacets(ctx, conditions, permitted) : null,
    findAgePolicy(ctx),
    mayImport(ctx),
  ])
  const items = await presentIdentities(ctx, page.rows)
  return {
    items,
    nextCursor: page.nextCursor,
    total,
    facets,
    policy,
    asOf: now.toISOString(),
    can: { import: canImport },
  }
}

/** Whether the caller could bring in more, for the next step of an empty list. */
export async function mayImport(ctx: Context): Promise<boolean> {
  const target = { kind: 'import' as const, id: 'new', label: 'new import', attr: { createdBy: ctx.actor.id } }
  const [may] = await ctx.can(['preview'], [target])
  return may?.preview === true
}

/** For each dimension, how many identities each of its values would leave with the other conditions as they are. */
export async function countFacets(
  ctx: Context,
  conditions: ReturnType<typeof identityConditions>,
  permitted: Record<string, unknown>,
): Promise<IdentityFacets> {
  const by = (column: IdentityDimension, except: Parameters<typeof allOf>[2]) =>
    countIdentitiesBy(ctx.db, column, allOf(conditions, permitted, except))
  const [kind, environment, owner, mine, privilege, status, gone, source, sources] = await Promise.all([
    by('kind', 'kind'),
    by('environment', 'environment'),
    by('ownerState', 'owner'),
    countIdentities(ctx.db, { AND: [allOf(conditions, permitted, 'owner'), ownedBy(ownerKeysOf(ctx.actor))] }),
    by('privilegeRank', 'privilege'),
    countIdentitiesBy(ctx.db, 'status', { AND: [allOf(conditions, permitted, 'status'), { deletedAt: null }] }),
    countIdentities(ctx.db, { AND: [allOf(conditions, permitted, 'status'), { deletedAt: { not: null } }] }),
    by('sourceId', 'source'),
    listSources(ctx.db),
  ])
  const names = new Map(sources.map((known) => [known.id, known.name]))
  const owners = new Map<unknown, number>([...owner.map(({ value, count }) => [value, count] as const), ['mine', mine]])
  return {
    kind: kind.map(toFacet),
    environment: environment.map(({ value, count }) => ({ value: value === null ? 'unknown' : String(value), count })),
    owner: ownerFilters.map((value) => ({ value, count: owners.get(value) ?? 0 })).filter(({ count }) => count > 0),
    privilege: privilege
      .toSorted((a, b) => Number(b.value) - Number(a.value))
      .map(({ value, count }) => ({ value: privilegeOfRank(Number(value)) ?? 'none', count })),
    status: [...status.map(toFacet), ...(gone > 0 ? [{ value: 'gone', count: gone }] : [])],
    source: source.map((entry) => ({ ...toFacet(entry), label: names.get(String(entry.value)) ?? 'unknown source' })),
  }
}

function toFacet({ value, count }: { value: unknown; count: number }): FacetCount {
  return { value: String(value), count }
}

const actions = ['assign_owner', 'confirm_owner', 'transfer_owner'] as const

/** The contract form of rows, with what the caller may do to each. */
export async function presentIdentities(ctx: Context, rows: readonly IdentityRow[]): Promise<Identity[]> {
  const permitted = await ctx.can(
    actions,
    rows.map((row) => identityTarget(withStates(row))),
  )
  return rows.map((row, index) => presentIdentity(row, permitted[index] ?? {}))
}

/** A row whose text columns carry the type that the database checks. */
export function withStates<T extends { ownerships: { duty: string; state: string }[] }>(row: T) {
  type Typed = T['ownerships'][number] & { duty: OwnerDuty; state: OwnershipState }
  return { ...row, ownerships: row.ownerships as Typed[] }
}

function presentIdentity(row: IdentityRow, can: Record<string, boolean>): Identity {
  const [first] = sortOwnerships(withStates(row).ownerships)
  return Identity.parse({
    id: row.id,
    kind: row.kind,
    name: row.name,
    externalId: row.externalId,
    environment: row.environment,
    status: row.deletedAt ? 'gone' : row.status,
    source: row.source,
    owner: {
      state: row.listing?.ownerState,
      first: first ? { label: first.label, kind: ownerKind(first.ownerKey), state: first.state } : null,
      count: row.ownerships.length,
    },
    credentialCount: row.listing?.credentialCount ?? 0,
    oldestCredentialAt: row.listing?.oldestCredentialAt?.toISOString() ?? null,
    nextExpiryAt: row.listing?.nextExpiryAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    neverUsed: row.neverUsed,
    privilege: privilegeOfRank(row.listing?.privilegeRank ?? 0),
    can: {
      assignOwner: can.assign_owner === true,
      confirmOwner: can.confirm_owner === true,
      transferOwner: can.transfer_owner === true,
    },
  })
}
