import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { countGroups } from '@/lib/platform/db/list/count-groups'
import { type Counts, countFacets, type ListScope, listRows, readCounts } from '@/lib/platform/db/list/list-rows'
import { facetsOf } from '@/lib/platform/db/list/matching'
import { readLedger } from '@/lib/platform/db/list/tally'
import type { IdentityFilter, IdentityQuery } from '../filters'
import type { FacetCount, IdentityFacets, IdentityPage, SourceRef } from '../schema'
import { type IdentityGroup, pageSize } from '../values'
import { identityRights, presentIdentities } from './present-identities'
import { identityFacets, identityListQuery, identityTable, valuesOf } from './resolve-identity-filter'
import { findAgePolicy, listSources } from './store'

/**
 * One page of the identities that the caller may see, in any order, with exact totals and facets on the first page.
 * @throws AppError `forbidden` when the caller may list none, `invalid_input` for a cursor of another order
 */
export async function listIdentities(ctx: Context, query: IdentityQuery): Promise<IdentityPage> {
  const now = new Date()
  const { sort = 'name', dir = 'asc', cursor, skip = 0, limit = pageSize, group, ...filter } = query
  const rights = identityRights(ctx)
  const scope = await identityScope(ctx, filter, now)
  const isFirst = cursor === undefined && skip === 0
  const counts = readCounts(scope)
  const [page, facets, groups, policy, canImport] = await Promise.all([
    listRows(scope, { sort, direction: dir, cursor, skip, limit }, counts).then(async ({ ids, ...rest }) => ({
      ...rest,
      items: await presentIdentities(ctx, ids, rights),
    })),
    isFirst ? listFacets(ctx, scope, counts) : null,
    isFirst && group ? listGroups(ctx, scope, group, counts) : null,
    findAgePolicy(ctx),
    mayImport(ctx),
  ])
  return {
    ...page,
    total: isFirst ? page.total : null,
    facets,
    groups,
    policy,
    asOf: now.toISOString(),
    can: { import: canImport },
  }
}

/**
 * The list that the caller may see with a filter, for the list engine; its ledger is read once however much is asked of it.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function identityScope(ctx: Context, filter: IdentityFilter, now: Date): Promise<ListScope> {
  const { orgId } = ctx.tenant
  const ledger = readLedger(ctx.sql, orgId, identityTable)
  // Awaited below or by whoever asks; a refusal before that must not leave a rejection that nobody handles.
  ledger.catch(() => {})
  const { rows } = await ctx.plan('list', 'identity')
  const query = identityListQuery(filter, now, ownerKeysOf(ctx.actor), rows)
  return { sql: ctx.sql, orgId, table: identityTable, query, ledger }
}

/** Whether the caller could bring in more, for the next step of an empty list. */
export async function mayImport(ctx: Context): Promise<boolean> {
  const target = { kind: 'import' as const, id: 'new', label: 'new import', attr: { createdBy: ctx.actor.id } }
  const [may] = await ctx.can(['preview'], [target])
  return may?.preview === true
}

/** For each dimension, how many identities each of its values would leave with the other filters as they are. */
export async function listFacets(ctx: Context, scope: ListScope, counts: Promise<Counts>): Promise<IdentityFacets> {
  const [facets, sources] = await Promise.all([
    countFacets(scope, identityFacets(ownerKeysOf(ctx.actor)), counts),
    listSources(ctx.db),
  ])
  const { kind = [], environment = [], owner = [], privilege = [], status = [], source = [], trait = [] } = facets
  return { kind, environment, owner, privilege, status, source: nameSources(source, sources), trait }
}

function nameSources(counts: readonly FacetCount[], sources: readonly SourceRef[]): FacetCount[] {
  const names = new Map(sources.map((known) => [known.id, known.name]))
  return counts.map((entry) => ({ ...entry, label: names.get(entry.value) ?? 'unknown source' }))
}

async function listGroups(
  ctx: Context,
  scope: ListScope,
  group: IdentityGroup,
  pending: Promise<Counts>,
): Promise<FacetCount[]> {
  const counts = await pending
  if (group === 'owner') {
    const groups = await countGroups(scope, 'owner_order', 'owner_label', counts)
    return groups.map(({ label, count }) => ({ value: label ?? 'none', label: label ?? 'none', count }))
  }
  const values = valuesOf(group === 'source' ? 'source_id' : 'environment')
  const found = [...(facetsOf(scope.query, { '': values }, counts.matching, counts.others).get('') ?? [])]
  const groups = found.map(([value, count]) => ({ value, label: value, count })).sort((a, b) => b.count - a.count)
  return group === 'source' ? nameSources(groups, await listSources(ctx.db)) : groups
}
