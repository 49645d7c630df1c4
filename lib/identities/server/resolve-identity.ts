import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { identityTarget } from '../rules'
import { withStates } from './present-identities'
import { findIdentity } from './store'

/**
 * An identity that the caller may read or export, without all that its page shows.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when it is not the caller's to see
 */
export async function resolveIdentity(
  ctx: Context,
  id: string,
  action: 'read' | 'export' = 'read',
): Promise<{ permit: Permit; id: string; name: string; externalId: string; kind: string }> {
  const row = withStates(await findIdentity(ctx, id))
  const permit = await ctx.authorize(action, identityTarget(row))
  return { permit, id, name: row.name, externalId: row.externalId, kind: row.kind }
}
