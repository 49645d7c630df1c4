import { refreshOwned } from '@/lib/ownership/server/refresh-owned'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { confirmationOf, identityTarget } from '../rules'
import { ConfirmOwnerInput, type IdentityDetail } from '../schema'
import { holdOwner, requireOwner } from './assign-owner'
import { presentIdentityDetail } from './get-identity'
import { withStates } from './present-identities'
import { findIdentity, forgetHint, updateOwnership } from './store'

/**
 * Confirms a suggested or assigned owner, with the date and by whom. A suggestion whose text matches nobody needs
 * `ownerKey`: who is meant.
 * @throws AppError `not_found`, `forbidden`, `invalid_input`; `conflict` when it is confirmed already or has changed
 */
export async function confirmOwner(ctx: Context, given: ConfirmOwnerInput): Promise<IdentityDetail> {
  const input = ConfirmOwnerInput.parse(given)
  const row = withStates(await findIdentity(ctx, input.identityId))
  const permit = await ctx.authorize('confirm_owner', identityTarget(row))
  const ownership = requireOwnership(row, input.ownershipId)
  const decision = confirmationOf(row.ownerships, ownership, input.ownerKey)
  if (decision.kind === 'already') throw new AppError('conflict', `${ownership.label} is confirmed already.`)
  if (decision.kind === 'unresolved') {
    const message = `“${ownership.label}” is only a text from the source. Say which person or team is meant.`
    throw new AppError('invalid_input', message, { fields: { ownerKey: message } })
  }
  if (decision.kind === 'duplicate') {
    throw new AppError('conflict', 'That person or team is an owner already. Confirm that entry and reject this one.')
  }
  const { ownerKey } = decision
  const label = await requireOwner(ctx, ownerKey)
  const key = { orgId: ctx.tenant.orgId, identityId: row.id }
  const { duty } = ownership
  const change = {
    action: 'identity.owner.confirm',
    target: permit.target,
    reason: input.reason,
    before: { ownerKey: ownership.ownerKey, label: ownership.label, duty, state: ownership.state },
    after: { ownerKey, label, duty, state: 'confirmed' },
  }
  await ctx.commit(permit, change, async (tx) => {
    const now = new Date()
    await holdOwner(tx, key.orgId, ownerKey)
    await updateOwnership(tx, { ...key, id: ownership.id, ownerKey: ownership.ownerKey }, [ownership.state], {
      state: 'confirmed',
      ownerKey,
      label,
      confirmedAt: now,
      confirmedBy: ctx.actor.name,
      attestedAt: now,
      attestedBy: ctx.actor.name,
    })
    if (ownerKey !== ownership.ownerKey) await forgetHint(tx, { ...key, ownerKey: ownership.ownerKey })
    await refreshOwned(tx, [row.id])
  })
  return presentIdentityDetail(ctx, await findIdentity(ctx, row.id))
}

/** One of the identity's ownerships. @throws AppError `conflict` when it is not there (any more) */
export function requireOwnership<T extends { id: string }>(identity: { ownerships: T[] }, ownershipId: string): T {
  const found = identity.ownerships.find(({ id }) => id === ownershipId)
  if (found) return found
  throw new AppError('conflict', 'This ownership no longer exists: someone transferred or removed it. Look again.')
}
