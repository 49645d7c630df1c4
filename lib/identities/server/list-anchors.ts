import type { Context } from '@/lib/platform/context'
import { findAnchors } from '@/lib/platform/db/list/find-anchors'
import type { CredentialAnchorsQuery, IdentityAnchorsQuery } from '../filters'
import { privilegeOfRank } from '../rules'
import type { ListAnchors } from '../schema'
import { credentialScope } from './list-credentials'
import { identityScope } from './list-identities'

/**
 * Where to begin to show any row of the identities that the caller may see, in one order of the list.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function listIdentityAnchors(ctx: Context, query: IdentityAnchorsQuery): Promise<ListAnchors> {
  const { sort = 'name', dir = 'asc', ...filter } = query
  const scope = await identityScope(ctx, filter, new Date())
  const { total, every, anchors } = await findAnchors(scope, { sort, direction: dir })
  const names = sort === 'name' ? await namesOf(ctx, 'identity', anchors) : undefined
  const label = (value: string) => (sort === 'privilege' ? (privilegeOfRank(Number(value)) ?? 'none') : value)
  return {
    total,
    every,
    anchors: anchors.map(({ cursor, id, value }) => ({ cursor, label: names?.get(id) ?? label(asWritten(value)) })),
  }
}

/**
 * The same for credentials.
 * @throws AppError `forbidden` when the caller may list none
 */
export async function listCredentialAnchors(ctx: Context, query: CredentialAnchorsQuery): Promise<ListAnchors> {
  const { sort = 'name', dir = 'asc', ...filter } = query
  const scope = await credentialScope(ctx, filter, new Date())
  const { total, every, anchors } = await findAnchors(scope, { sort, direction: dir })
  const names = sort === 'name' ? await namesOf(ctx, 'credential', anchors) : undefined
  return {
    total,
    every,
    anchors: anchors.map(({ cursor, id, value }) => ({ cursor, label: names?.get(id) ?? asWritten(value) })),
  }
}

async function namesOf(ctx: Context, kind: 'identity' | 'credential', anchors: readonly { id: string }[]) {
  const where = { orgId: ctx.tenant.orgId, id: { in: anchors.map(({ id }) => id) } }
  const select = { id: true, name: true }
  const rows =
    kind === 'identity'
      ? await ctx.db.identity.findMany({ where, select })
      : await ctx.db.credential.findMany({ where, select })
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Instants as ISO 8601 in UTC; the ends of time as "never". */
function asWritten(value: string | null): string {
  if (value === null) return ''
  if (value === '-infinity' || value === 'infinity') return 'never'
  return /^\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d/.test(value) ? new Date(value).toISOString() : value
}
