import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { assignmentOf, identityTarget } from '../rules'
import { AssignOwnerInput, type IdentityDetail, type OwnerDuty } from '../schema'
import { presentIdentityDetail } from './get-identity'
import { withStates } from './present-identities'
import { refreshListing } from './refresh-listing'
import { findIdentity, findOwnerLabel, type IdentityRow, insertOwnership, updateOwnership } from './store'

/**
 * Names a person or team as owner of an identity. The owner is `assigned` until someone confirms; a suggestion of the
 * same owner becomes the assignment.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` when the owner is no active member or team; `conflict` when
 * that owner already holds the duty
 */
export async function assignOwner(ctx: Context, given: AssignOwnerInput): Promise<IdentityDetail> {
  const input = AssignOwnerInput.parse(given)
  const row = await findIdentity(ctx, input.identityId)
  const permit = await ctx.authorize('assign_owner', identityTarget(withStates(row)))
  const label = await requireOwner(ctx, input.ownerKey)
  await commitAssignment(ctx, permit, row, { ...input, label })
  return presentIdentityDetail(ctx, await findIdentity(ctx, row.id))
}

/**
 * The name of an owner to be.
 * @throws AppError `invalid_input` on the field, when it is no active member and no team of the organization
 */
export async function requireOwner(ctx: Context, ownerKey: string, field = 'ownerKey'): Promise<string> {
  const label = await findOwnerLabel(ctx, ownerKey)
  if (label !== undefined) return label
  const message = 'This person or team is not in the organization, or can no longer sign in. Choose another owner.'
  throw new AppError('invalid_input', message, { fields: { [field]: message } })
}

interface AssignmentDetails {
  ownerKey: string
  label: string
  duty: OwnerDuty
  reason?: string | undefined
}

/** Decides and writes one assignment. @throws AppError `conflict` when there is nothing to assign any more */
export async function commitAssignment(ctx: Context, permit: Permit, row: IdentityRow, details: AssignmentDetails) {
  const { ownerKey, label, duty, reason } = details
  const decision = assignmentOf(withStates(row).ownerships, ownerKey, duty)
  if (decision.kind === 'already') {
    throw new AppError('conflict', `${label} is ${decision.state} as ${duty} owner of ${row.name} already.`)
  }
  const key = { orgId: ctx.tenant.orgId, identityId: row.id }
  const change = {
    action: 'identity.owner.assign',
    target: permit.target,
    reason,
    before: decision.kind === 'accept' ? { ownerKey, duty, state: 'suggested' } : null,
    after: { ownerKey, label, duty, state: 'assigned' },
  }
  await ctx.commit(permit, change, async (tx) => {
    if (decision.kind === 'create') {
      await insertOwnership(tx, { ...key, ownerKey, label, duty, state: 'assigned', evidence: reason ?? null })
    } else {
      await updateOwnership(tx, { ...key, id: decision.ownershipId }, ['suggested'], { state: 'assigned', label })
    }
    await refreshListing(tx, [row.id])
  })
}
