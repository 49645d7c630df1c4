import type { Context } from '@/lib/platform/context'
import { countFacets, type ListScope, listRows, readCounts } from '@/lib/platform/db/list/list-rows'
import { readLedger } from '@/lib/platform/db/list/tally'
import type { CredentialFilter, CredentialQuery } from '../filters'
import { Credential, type CredentialFacets, type CredentialPage } from '../schema'
import { pageSize } from '../values'
import { mayImport } from './list-identities'
import { readExceptions } from './present-identities'
import { credentialFacets, credentialListQuery, credentialTable } from './resolve-credential-filter'
import { type CredentialRow, findAgePolicy, listCredentialRows } from './store'

/**
 * One page of the credentials that the caller may see, in any order, with exact totals and facets on the first page.
 * @throws AppError `forbidden` when the caller may list none, `invalid_input` for a cursor of another order
 */
export async function listCredentials(ctx: Context, query: CredentialQuery): Promise<CredentialPage> {
  const now = new Date()
  const { sort = 'name', dir = 'asc', cursor, skip = 0, limit = pageSize, ...filter } = query
  const scope = await credentialScope(ctx, filter, now)
  const isFirst = cursor === undefined && skip === 0
  const counts = readCounts(scope)
  const [page, facets, policy, canImport] = await Promise.all([
    listRows(scope, { sort, direction: dir, cursor, skip, limit }, counts).then(async ({ ids, ...rest }) => ({
      ...rest,
      items: await presentCredentials(ctx, ids),
    })),
    isFirst ? countFacets(scope, credentialFacets(now), counts) : null,
    findAgePolicy(ctx),
    mayImport(ctx),
  ])
  return {
    ...page,
    total: isFirst ? page.total : null,
    facets: facets && presentFacets(facets),
    policy,
    asOf: now.toISOString(),
    can: { import: canImport },
  }
}

/**
 * The list that the caller may see with a filter, for the list engine.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function credentialScope(ctx: Context, filter: CredentialFilter, now: Date): Promise<ListScope> {
  const { orgId } = ctx.tenant
  const ledger = readLedger(ctx.sql, orgId, credentialTable)
  ledger.catch(() => {})
  const { rows } = await ctx.plan('list', 'credential')
  return { sql: ctx.sql, orgId, table: credentialTable, query: credentialListQuery(filter, now, rows), ledger }
}

function presentFacets(facets: Awaited<ReturnType<typeof countFacets>>): CredentialFacets {
  const { type = [], status = [], environment = [], holder = [], expiry = [] } = facets
  return { type, status, environment, holder, expiry }
}

async function presentCredentials(ctx: Context, ids: readonly string[]): Promise<Credential[]> {
  const rows = await listCredentialRows(ctx.db, { orgId: ctx.tenant.orgId, id: { in: [...ids] } }, [], ids.length)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => {
    const row = byId.get(id)
    return row ? [presentCredential(row)] : []
  })
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
      excepted: readExceptions(identity.exclusions),
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
