import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { type ListScope, readCounts } from '@/lib/platform/db/list/list-rows'
import { totalOf } from '@/lib/platform/db/list/matching'
import type { CredentialFilter, IdentityFilter } from '../filters'
import { credentialScope } from './list-credentials'
import { identityScope } from './list-identities'
import { credentialListQuery } from './resolve-credential-filter'
import { identityListQuery } from './resolve-identity-filter'

export type ListedFilter =
  | { list: 'identities'; filter: IdentityFilter }
  | { list: 'credentials'; filter: CredentialFilter }

export interface ListTotal {
  total: number
  /** False when a search matches more than `total`. */
  isExact: boolean
}

/** Counts that run at a time: they must not take every connection. */
const lanes = 4

/**
 * How many rows the caller would see through each filter, in the order asked. Rights and ledger of a list are read once; what
 * the ledger tells by itself costs nothing more, conditions on instants one index-only count each.
 * @throws AppError `forbidden` when the caller may see no row of a list that is asked for
 */
export async function getTotals(ctx: Context, asked: readonly ListedFilter[]): Promise<ListTotal[]> {
  const now = new Date()
  const has = (list: ListedFilter['list']) => asked.some((one) => one.list === list)
  const [identities, credentials] = await Promise.all([
    has('identities') ? identityScope(ctx, {}, now) : undefined,
    has('credentials') ? credentialScope(ctx, {}, now) : undefined,
  ])
  const totals: ListTotal[] = []
  const waiting = asked.entries()
  const work = async () => {
    for (const [index, { list, filter }] of waiting) {
      const base = list === 'identities' ? identities : credentials
      if (!base) continue
      const { permitted } = base.query
      const query =
        list === 'identities'
          ? identityListQuery(filter, now, ownerKeysOf(ctx.actor), permitted)
          : credentialListQuery(filter, now, permitted)
      totals[index] = await countScope({ ...base, query })
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  return totals
}

async function countScope(scope: ListScope): Promise<ListTotal> {
  const counts = await readCounts(scope)
  return { total: totalOf(scope.query, counts.matching, counts.others), isExact: counts.isWhole }
}
