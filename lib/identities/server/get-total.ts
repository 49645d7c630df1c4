import type { Context } from '@/lib/platform/context'
import type { CredentialFilter, IdentityFilter } from '../filters'
import { listCredentials } from './list-credentials'
import { listIdentities } from './list-identities'

export type ListedFilter =
  | { list: 'identities'; filter: IdentityFilter }
  | { list: 'credentials'; filter: CredentialFilter }

export interface ListTotal {
  total: number
  /** False when there are more than `total`. */
  isExact: boolean
}

/** How many rows of a list the caller would see through a filter. */
export async function getTotal(ctx: Context, asked: ListedFilter): Promise<ListTotal> {
  const page =
    asked.list === 'identities'
      ? await listIdentities(ctx, { ...asked.filter, limit: 1 })
      : await listCredentials(ctx, { ...asked.filter, limit: 1 })
  return { total: page.total ?? 0, isExact: true }
}
