import type { Context } from '@/lib/platform/context'
import { enqueue } from '@/lib/platform/jobs/boss'
import type { PolicyChange, RotationPolicyDetail } from '../policies'
import type { ById } from '../schema'
import { authorOf, demandTaker, storedFilter } from './create-policy'
import { refreshDueJob } from './jobs'
import { getPolicy } from './list-policies'
import { policyTarget, rulesOf } from './present-policy'
import { changedMeanwhile, changePolicy, clearFailures, dropPolicy, findPolicy } from './store-policies'

/**
 * Changes a policy, which makes another version of it. Runs that are under way go on as they were begun.
 * @throws AppError `conflict` when somebody changed it in the meantime, or for a name that another has; `not_found`, `forbidden`
 */
export async function updatePolicy(ctx: Context, change: PolicyChange): Promise<RotationPolicyDetail> {
  const { id, version, ...given } = change
  const row = await findPolicy(ctx, id)
  const target = policyTarget(row)
  const permit = await ctx.authorize('update', target)
  if (row.version !== version) throw changedMeanwhile()
  if (given.rules) await demandTaker(ctx, given.rules)
  const before = { name: row.name, filter: row.filter as object, rules: row.rules as object, isActive: row.isActive }
  const after = {
    name: given.name ?? before.name,
    filter: given.filter ? storedFilter(given.filter) : before.filter,
    rules: given.rules ?? before.rules,
    isActive: given.isActive ?? before.isActive,
  }
  await ctx.commit(permit, { action: 'rotation_policy.update', target, before, after }, async (tx) => {
    await changePolicy(tx, row, { ...after, updatedBy: ctx.actor.name, authorId: authorOf(ctx) })
    await enqueue(tx, refreshDueJob, { orgId: row.orgId })
  })
  return getPolicy(ctx, { id })
}

/** Takes a policy away: nothing is due by it any more. Runs that are under way go on. @throws AppError `not_found`, `forbidden` */
export async function deletePolicy(ctx: Context, { id }: ById): Promise<void> {
  const row = await findPolicy(ctx, id)
  const target = policyTarget(row)
  const permit = await ctx.authorize('delete', target)
  const before = { name: row.name, filter: row.filter, rules: rulesOf(row), isActive: row.isActive }
  await ctx.commit(permit, { action: 'rotation_policy.delete', target, before }, async (tx) => {
    await dropPolicy(tx, row)
    await enqueue(tx, refreshDueJob, { orgId: row.orgId })
  })
}

/**
 * Lets a policy go on after a rotation of it did not end well, and those that ended without a new secret be tried again.
 * @throws AppError `not_found`, `forbidden`
 */
export async function resumePolicy(ctx: Context, { id }: ById): Promise<RotationPolicyDetail> {
  const row = await findPolicy(ctx, id)
  const target = policyTarget(row)
  const permit = await ctx.authorize('update', target)
  await ctx.commit(
    permit,
    (retried: number) => ({ action: 'rotation_policy.resume', target, after: { retried } }),
    (tx) => clearFailures(tx, row),
  )
  return getPolicy(ctx, { id })
}
