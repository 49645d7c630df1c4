import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { type NewPolicy, PolicyFilter, type PolicyRules, type RotationPolicyDetail } from '../policies'
import { demandPlace } from './create-delivery'
import { refreshDueJob } from './jobs'
import { getPolicy } from './list-policies'
import { policyTarget } from './present-policy'
import { findPerson } from './store-orders'
import { insertPolicy } from './store-policies'

/** Whose word a policy is: whoever agrees to an order that it causes must be somebody else. */
export const authorOf = ({ actor }: Context): string | null =>
  actor.kind === 'user' ? actor.id : actor.kind === 'api_key' ? actor.ownerId : null

/** A filter as it is stored and shown: the values of the address. */
export const storedFilter = (filter: PolicyFilter) => z.encode(PolicyFilter, filter) as object

/** @throws AppError `invalid_input` when nobody could take the new secrets */
export async function demandTaker(ctx: Context, { delivery }: PolicyRules): Promise<void> {
  if (delivery !== null) await demandPlace(ctx, delivery, Number.POSITIVE_INFINITY)
  if (delivery?.way !== 'reveal' || (await findPerson(ctx, delivery.userId)) !== null) return
  throw new AppError('invalid_input', 'New secrets go to an active member.', {
    fields: { 'rules.delivery.userId': 'is no active member of this organization' },
  })
}

/**
 * Makes a rotation policy. What falls due by it is worked out by the worker within seconds.
 * @throws AppError `conflict` for a name that another has; `invalid_input`, `forbidden`
 */
export async function createPolicy(ctx: Context, given: NewPolicy): Promise<RotationPolicyDetail> {
  const { name, filter, rules, isActive } = given
  const id = uuidv7()
  const target = policyTarget({ id, name })
  const permit = await ctx.authorize('create', target)
  await demandTaker(ctx, rules)
  const stored = { name, filter: storedFilter(filter), rules, isActive }
  await ctx.commit(permit, { action: 'rotation_policy.create', target, after: stored }, async (tx) => {
    const { orgId } = ctx.tenant
    await insertPolicy(tx, {
      ...{ orgId, id, ...stored, authorId: authorOf(ctx) },
      createdBy: ctx.actor.name,
      updatedBy: ctx.actor.name,
    })
    await enqueue(tx, refreshDueJob, { orgId })
  })
  return getPolicy(ctx, { id })
}
