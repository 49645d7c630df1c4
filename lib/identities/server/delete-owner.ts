import { refreshOwned } from '@/lib/ownership/server/refresh-owned'
import type { Context } from '@/lib/platform/context'
import { identityTarget } from '../rules'
import { DeleteOwnerInput, type IdentityDetail } from '../schema'
import { requireOwnership } from './confirm-owner'
import { presentIdentityDetail } from './get-identity'
import { withStates } from './present-identities'
import { endOwnership, findIdentity, forgetHint } from './store'

/**
 * Rejects a suggestion (whoever may confirm may), or takes an owner away (whoever may assign may). A rejected suggestion
 * comes back only when the source changes the record.
 * @throws AppError `not_found`, `forbidden`; `conflict` when the ownership has changed
 */
export async function deleteOwner(ctx: Context, given: DeleteOwnerInput): Promise<IdentityDetail> {
  const input = DeleteOwnerInput.parse(given)
  const row = withStates(await findIdentity(ctx, input.identityId))
  const ownership = row.ownerships.find(({ id }) => id === input.ownershipId)
  const isSuggestion = ownership?.state === 'suggested'
  const permit = await ctx.authorize(isSuggestion ? 'confirm_owner' : 'assign_owner', identityTarget(row))
  const { ownerKey, label, duty, state } = requireOwnership(row, input.ownershipId)
  const key = { orgId: ctx.tenant.orgId, identityId: row.id }
  const change = {
    action: isSuggestion ? 'identity.owner.reject' : 'identity.owner.remove',
    target: permit.target,
    reason: input.reason,
    before: { ownerKey, label, duty, state },
    after: null,
  }
  await ctx.commit(permit, change, async (tx) => {
    const end = {
      endedReason: isSuggestion ? 'rejected' : 'removed',
      endedBy: ctx.actor.name,
      endedNote: input.reason,
    } as const
    await endOwnership(tx, { ...key, id: input.ownershipId }, { state, ownerKey }, end)
    await forgetHint(tx, { ...key, ownerKey })
    await refreshOwned(tx, [row.id])
  })
  return presentIdentityDetail(ctx, await findIdentity(ctx, row.id))
}
