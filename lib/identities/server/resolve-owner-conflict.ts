import { resolutionOf } from '@/lib/ownership/rules'
import { ChooseOwnerInput } from '@/lib/ownership/schema'
import { refreshOwned } from '@/lib/ownership/server/refresh-owned'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { identityTarget } from '../rules'
import type { IdentityDetail } from '../schema'
import { holdOwner, requireOwner } from './assign-owner'
import { presentIdentityDetail } from './get-identity'
import { withStates } from './present-identities'
import { endOwnership, findIdentity, forgetHint, updateOwnership } from './store'

/**
 * Settles who runs an identity where sources disagree: the chosen claim is confirmed, the others to the same duty end.
 * @throws AppError `not_found`, `forbidden`; `conflict` when there is no such disagreement any more, or the claim is a text
 * that matches nobody
 */
export async function resolveOwnerConflict(ctx: Context, given: ChooseOwnerInput): Promise<IdentityDetail> {
  const input = ChooseOwnerInput.parse(given)
  const row = withStates(await findIdentity(ctx, input.identityId))
  const permit = await ctx.authorize('confirm_owner', identityTarget(row))
  const decision = resolutionOf(row.ownerships, input.ownershipId)
  if (decision.kind === 'no_conflict') {
    throw new AppError('conflict', 'Nobody disagrees about this any more. Look again.')
  }
  if (decision.kind === 'unresolved') {
    throw new AppError('conflict', `“${decision.chosen.label}” is only a text. Confirm it and say who is meant.`)
  }
  const { chosen, ends } = decision
  const label = await requireOwner(ctx, chosen.ownerKey)
  const key = { orgId: ctx.tenant.orgId, identityId: row.id }
  const change = {
    action: 'identity.owner.resolve',
    target: permit.target,
    reason: input.reason,
    before: { claims: [chosen, ...ends].map(({ label: claimed, state }) => ({ label: claimed, state })) },
    after: { ownerKey: chosen.ownerKey, label, duty: chosen.duty, state: 'confirmed' },
  }
  await ctx.commit(permit, change, async (tx) => {
    await holdOwner(tx, key.orgId, chosen.ownerKey)
    const said = { at: new Date(), by: ctx.actor.name }
    await updateOwnership(tx, { ...key, id: chosen.id, ownerKey: chosen.ownerKey }, [chosen.state], {
      state: 'confirmed',
      label,
      ...(chosen.state !== 'confirmed' && { confirmedAt: said.at, confirmedBy: said.by }),
      attestedAt: said.at,
      attestedBy: said.by,
    })
    for (const { id, state, ownerKey } of ends) {
      const end = { endedReason: 'resolved', endedBy: said.by, endedNote: input.reason } as const
      await endOwnership(tx, { ...key, id }, { state, ownerKey }, end)
      await forgetHint(tx, { ...key, ownerKey })
    }
    await refreshOwned(tx, [row.id])
  })
  return presentIdentityDetail(ctx, await findIdentity(ctx, row.id))
}
