import type { Context } from '@/lib/platform/context'
import type { RotationPolicyDetail, RotationPolicyPage } from '../policies'
import type { ById } from '../schema'
import { policyTarget, presentPolicies } from './present-policy'
import { findPolicies, findPolicy, findVersions } from './store-policies'

/** Every rotation policy of the organization, by name. @throws AppError `forbidden` */
export async function listPolicies(ctx: Context): Promise<RotationPolicyPage> {
  await ctx.plan('list', 'rotation_policy')
  const [items, [may]] = await Promise.all([
    findPolicies(ctx).then((rows) => presentPolicies(ctx, rows)),
    ctx.can(['create'], [policyTarget({ id: 'new', name: 'a rotation policy' })]),
  ])
  return { items, asOf: new Date().toISOString(), can: { create: may?.create === true } }
}

/** One policy with its versions. @throws AppError `not_found`, `forbidden` */
export async function getPolicy(ctx: Context, { id }: ById): Promise<RotationPolicyDetail> {
  const row = await findPolicy(ctx, id)
  await ctx.authorize('read', policyTarget(row))
  const [[shown], versions] = await Promise.all([presentPolicies(ctx, [row]), findVersions(ctx, id)])
  if (!shown) throw new Error('a policy that was found is there')
  return {
    ...shown,
    versions: versions.map(({ version, name, filter, rules, isActive, by, at }) => ({
      ...{ version, name, isActive, by, at: at.toISOString() },
      filter: filter as Record<string, unknown>,
      rules: rules as Record<string, unknown>,
    })),
  }
}
