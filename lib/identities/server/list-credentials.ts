import type { Context } from '@/lib/platform/context'
import { fetchPage } from '@/lib/platform/db/keyset'
import { type CredentialQuery, holders, pageSize } from '../filters'
import { expiringWithinDays } from '../rules'
import { Credential, type CredentialFacets, type CredentialPage } from '../schema'
import { mayImport } from './list-identities'
import {
  allOfCredential,
  credentialConditions,
  credentialSegments,
  expiryWhere,
  holderWhere,
} from './resolve-credential-filter'
import {
  type CredentialRow,
  countCredentials,
  countCredentialsBy,
  countIdentityEnvironments,
  findAgePolicy,
  listCredentialRows,
} from './store'

/**
 * One page of the credentials that the caller may see, in any order, with exact totals and facets on the first page.
 * @throws AppError `forbidden` when the caller may list none, `invalid_input` for a cursor of another order
 */
export async function listCredentials(ctx: Context, query: CredentialQuery): Promise<CredentialPage> {
  const now = new Date()
  const { where: permitted } = await ctx.plan('list', 'credential')
  const { sort = 'name', dir = 'asc', cursor, limit = pageSize, ...filter } = query
  const conditions = credentialConditions(filter, now)
  const matching = allOfCredential(conditions, permitted)
  const isFirst = cursor === undefined
  const [page, total, facets, policy, canImport] = await Promise.all([
    fetchPage({
      name: `credentials:${sort}:${dir}:${ctx.tenant.orgId}`,
      segments: credentialSegments(sort, dir),
      direction: dir,
      cursor,
      limit,
      fetch: (where, orderBy, take) => listCredentialRows(ctx.db, { AND: [matching, where] }, orderBy, take),
    }),
    isFirst ? countCredentials(ctx.db, matching) : null,
    isFirst ? countFacets(ctx, conditions, permitted, now) : null,
    findAgePolicy(ctx),
    mayImport(ctx),
  ])
  const items = page.rows.map(presentCredential)
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

async function countFacets(
  ctx: Context,
  conditions: ReturnType<typeof credentialConditions>,
  permitted: Record<string, unknown>,
  now: Date,
): Promise<CredentialFacets> {
  const others = (except: Parameters<typeof allOfCredential>[2]) => allOfCredential(conditions, permitted, except)
  const ends = ['expired', `${expiringWithinDays}d`, 'never', 'unknown'] as const
  const [type, status, gone, environment, holder, expiry] = await Promise.all([
    countCredentialsBy(ctx.db, 'type', others('type')),
    countCredentialsBy(ctx.db, 'status', { AND: [others('status'), { deletedAt: null }] }),
    countCredentials(ctx.db, { AND: [others('status'), { deletedAt: { not: null } }] }),
    countIdentityEnvironments(ctx.db, others('environment')),
    countEach(holders, (holder) => countCredentials(ctx.db, { AND: [others('holder'), holderWhere([holder])] })),
    countEach(ends, (end) => countCredentials(ctx.db, { AND: [others('expiry'), expiryWhere(end, now)] })),
  ])
  return {
    type,
    status: [...status, ...(gone > 0 ? [{ value: 'gone', count: gone }] : [])],
    environment,
    holder,
    expiry,
  }
}

/** Those of the values that are there at all. */
async function countEach<T extends string>(values: readonly T[], count: (value: T) => Promise<number>) {
  const counts = await Promise.all(values.map(count))
  return values.map((value, index) => ({ value, count: counts[index] ?? 0 })).filter((facet) => facet.count > 0)
}

/** The contract form of a row. */
export function presentCredential(row: CredentialRow): Credential {
  const { identity, human } = row
  return Credential.parse({
    id: row.id,
    type: row.type,
    name: row.name,
    externalId: row.externalId,
    status: row.deletedAt ? 'gone' : row.status,
    identity: identity && {
      id: identity.id,
      kind: identity.kind,
      name: identity.name,
      environment: identity.environment,
    },
    human,
    subjectRef: identity || human ? null : row.subjectRef,
    source: row.source,
    fingerprint: row.fingerprint,
    lastFour: row.lastFour,
    issuedAt: row.issuedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    neverExpires: row.neverExpires,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    neverUsed: row.neverUsed,
    rotatedAt: row.rotatedAt?.toISOString() ?? null,
  })
}
