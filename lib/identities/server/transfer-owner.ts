import { refreshOwned } from '@/lib/ownership/server/refresh-owned'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { identityTarget, transferOf } from '../rules'
import { type IdentityDetail, TransferOwnerInput } from '../schema'
import { holdOwner, requireOwner } from './assign-owner'
import { requireOwnership } from './confirm-owner'
import { presentIdentityDetail } from './get-identity'
import { withStates } from './present-identities'
import { endOwnership, findIdentity, forgetHint, insertOwnership, updateOwnership } from './store'

/**
 * Hands an ownership over. The receiver is assigned and still has to confirm; the former owner stays in the history.
 * @throws AppError `not_found`, `forbidden`, `invalid_input` when the receiver cannot own; `conflict` when the ownership
 * has changed or is only a suggestion
 */
export async function transferOwner(ctx: Context, given: TransferOwnerInput): Promise<IdentityDetail> {
  const input = TransferOwnerInput.parse(given)
  const row = withStates(await findIdentity(ctx, input.identityId))
  const permit = await ctx.authorize('transfer_owner', identityTarget(row))
  const from = requireOwnership(row, input.ownershipId)
  const decision = transferOf(row.ownerships, from, input.toOwnerKey)
  if (decision.kind === 'not_owned') {
    throw new AppError('conflict', `${from.label} is only suggested. Confirm or reject the suggestion instead.`)
  }
  if (decision.kind === 'same') {
    const message = `${from.label} has it already. Choose another receiver.`
    throw new AppError('invalid_input', message, { fields: { toOwnerKey: message } })
  }
  const label = await requireOwner(ctx, input.toOwnerKey, 'toOwnerKey')
  const key = { orgId: ctx.tenant.orgId, identityId: row.id }
  const { duty } = from
  const held = row.ownerships.find(({ id }) => id === decision.mergesInto)
  const change = {
    action: 'identity.owner.transfer',
    target: permit.target,
    reason: input.reason,
    before: { ownerKey: from.ownerKey, label: from.label, duty, state: from.state },
    after: { ownerKey: input.toOwnerKey, label, duty, state: held?.state === 'confirmed' ? 'confirmed' : 'assigned' },
  }
  await ctx.commit(permit, change, async (tx) => {
    await holdOwner(tx, key.orgId, input.toOwnerKey, 'toOwnerKey')
    const end = { endedReason: 'transferred', endedBy: ctx.actor.name, endedNote: input.reason } as const
    await endOwnership(tx, { ...key, id: from.id }, { state: from.state, ownerKey: from.ownerKey }, end)
    await forgetHint(tx, { ...key, ownerKey: from.ownerKey })
    const said = { label, state: 'assigned' as const, assertedBy: ctx.actor.name }
    const evidence = `handed over by ${from.label}: ${input.reason}`
    if (held?.state === 'suggested') await updateOwnership(tx, { ...key, id: held.id }, ['suggested'], said)
    if (!held) await insertOwnership(tx, { ...key, ...said, ownerKey: input.toOwnerKey, duty, evidence })
    await refreshOwned(tx, [row.id])
  })
  return presentIdentityDetail(ctx, await findIdentity(ctx, row.id))
}
