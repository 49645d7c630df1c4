import { refreshOwned } from '@/lib/ownership/server/refresh-owned'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { assignmentOf, identityTarget, isBackupApart } from '../rules'
import { AssignOwnerInput, type IdentityDetail, type OwnerDuty } from '../schema'
import { presentIdentityDetail } from './get-identity'
import { withStates } from './present-identities'
import { findIdentity, findOwnerLabel, type IdentityRow, insertOwnership, updateOwnership } from './store'

/**
 * Names a person or team as owner of an identity. The owner is `assigned` until someone confirms; a suggestion of the
 * same owner becomes the assignment.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` when the owner is no active member or team, or when its end is past;
 * `conflict` when that owner already holds the duty
 */
export async function assignOwner(ctx: Context, given: AssignOwnerInput): Promise<IdentityDetail> {
  const input = AssignOwnerInput.parse(given)
  requireFuture(input.validUntil)
  const row = await findIdentity(ctx, input.identityId)
  const permit = await ctx.authorize('assign_owner', identityTarget(withStates(row)))
  const label = await requireOwner(ctx, input.ownerKey)
  await commitAssignment(ctx, permit, row, { ...input, label })
  return presentIdentityDetail(ctx, await findIdentity(ctx, row.id))
}

/** That an ownership does not lapse before it begins. @throws AppError `invalid_input` when its end is past */
export function requireFuture(validUntil: string | null | undefined): void {
  if (validUntil == null || Date.parse(validUntil) > Date.now()) return
  const message = 'This is past already: an ownership lapses in the future.'
  throw new AppError('invalid_input', message, { fields: { validUntil: message } })
}

/**
 * The name of an owner to be.
 * @throws AppError `invalid_input` on the field, when it is no active member and no team of the organization
 */
export async function requireOwner(ctx: Context, ownerKey: string, field = 'ownerKey'): Promise<string> {
  const label = await findOwnerLabel(ctx, ownerKey)
  if (label !== undefined) return label
  throw noOwner(field)
}

/**
 * Holds the owner to be until the transaction ends: of an assignment and a departure at the same moment, one sees the other.
 * @throws AppError `invalid_input` on the field, when the owner has gone in the meantime
 */
export async function holdOwner(tx: Tx | BulkTx, orgId: string, ownerKey: string, field = 'ownerKey'): Promise<void> {
  const [kind, id] = ownerKey.split(':')
  const rows =
    kind === 'team'
      ? await sqlOf(tx)(`SELECT id FROM team WHERE org_id = $1::uuid AND id = $2::uuid FOR SHARE`, [orgId, id])
      : await sqlOf(tx)(
          `SELECT m.id FROM membership m JOIN user_account u ON u.id = m.user_id
           WHERE m.org_id = $1::uuid AND m.user_id = $2::uuid AND m.status = 'active' AND u.status = 'active' FOR SHARE`,
          [orgId, id],
        )
  if (rows.length === 0) throw noOwner(field)
}

function noOwner(field: string): AppError {
  const message = 'This person or team is not in the organization, or can no longer sign in. Choose another owner.'
  return new AppError('invalid_input', message, { fields: { [field]: message } })
}

interface AssignmentDetails {
  ownerKey: string
  label: string
  duty: OwnerDuty
  validUntil?: string | undefined
  reason?: string | undefined
}

/** Decides and writes one assignment. @throws AppError `conflict` when there is nothing to assign any more */
async function commitAssignment(ctx: Context, permit: Permit, row: IdentityRow, details: AssignmentDetails) {
  const { ownerKey, label, duty, reason, validUntil = null } = details
  const { ownerships } = withStates(row)
  const decision = assignmentOf(ownerships, ownerKey, duty)
  if (!isBackupApart(ownerships, ownerKey, duty)) {
    throw new AppError('conflict', `${label} cannot answer for ${row.name} and be its backup too.`)
  }
  if (decision.kind === 'already') {
    throw new AppError('conflict', `${label} is ${decision.state} as ${duty} owner of ${row.name} already.`)
  }
  const key = { orgId: ctx.tenant.orgId, identityId: row.id }
  const change = {
    action: 'identity.owner.assign',
    target: permit.target,
    reason,
    before: decision.kind === 'accept' ? { ownerKey, duty, state: 'suggested' } : null,
    after: { ownerKey, label, duty, state: 'assigned', validUntil },
  }
  await ctx.commit(permit, change, async (tx) => {
    await holdOwner(tx, key.orgId, ownerKey)
    const said = {
      label,
      state: 'assigned' as const,
      assertedBy: ctx.actor.name,
      validUntil: validUntil ? new Date(validUntil) : null,
    }
    if (decision.kind === 'create') {
      await insertOwnership(tx, { ...key, ...said, ownerKey, duty, evidence: reason ?? null })
    } else {
      await updateOwnership(tx, { ...key, id: decision.ownershipId }, ['suggested'], said)
    }
    await refreshOwned(tx, [row.id])
  })
}
