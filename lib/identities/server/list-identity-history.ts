import type { AuditList } from '@/lib/audit/schema'
import { listHistory } from '@/lib/audit/server/list-events'
import type { Context } from '@/lib/platform/context'
import { identityTarget } from '../rules'
import type { IdentityHistoryInput } from '../schema'
import { withStates } from './present-identities'
import { findIdentity } from './store'

const pageLength = 50

/**
 * What people did to an identity, newest first. Whoever may see the identity may see its history.
 * @throws AppError `not_found` for an id of another organization, `forbidden`, `invalid_input` for a bad cursor
 */
export async function listIdentityHistory(ctx: Context, { id, cursor }: IdentityHistoryInput): Promise<AuditList> {
  const row = await findIdentity(ctx, id)
  const permit = await ctx.authorize('read', identityTarget(withStates(row)))
  return listHistory(ctx, permit, { cursor, limit: pageLength })
}
