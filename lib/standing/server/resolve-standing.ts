import { resolveIdentity } from '@/lib/identities/server/resolve-identity'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { hindranceOf } from '../rules'
import { findStandingRights } from './store'

/**
 * These rights of an account, as they are without an end at this moment, each with what keeps a grant from taking its place.
 * @throws AppError `not_found` for what is no such right of the account any more; `forbidden` for an account that is not the caller's to see
 */
export async function resolveStanding(ctx: Context, identityId: string, ids: readonly string[]) {
  if (ids.length === 0) return []
  await resolveIdentity(ctx, identityId)
  const found = await findStandingRights(ctx, identityId, ids)
  if (found.length !== new Set(ids).size)
    throw new AppError('not_found', 'One of the rights that are to be replaced is not held without an end any more.')
  return found.map((right) => ({ ...right, hindrance: hindranceOf(right) }))
}
