import type { Context } from '@/lib/platform/context'
import { lockCatalogue } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { UpdateSensitivityRuleInput } from '../edits'
import { ruleTarget } from '../rules'
import type { SensitivityRule } from '../worth'
import { plainRule, rulePatienceMs } from './create-sensitivity-rule'
import { refreshSensitivity } from './refresh-sensitivity'
import { findRule, updateRule } from './store-sensitivity'

/**
 * Changes a rule or its place in the order. Every resource is decided anew with it.
 * @throws AppError `not_found`, `forbidden`; `conflict` when somebody changed it since the caller saw it, or while an import is
 * being applied
 */
export async function updateSensitivityRule(ctx: Context, given: UpdateSensitivityRuleInput): Promise<SensitivityRule> {
  const { id, version, ...rest } = UpdateSensitivityRuleInput.parse(given)
  const input = plainRule(rest)
  const rule = await findRule(ctx, id)
  const target = ruleTarget(rule)
  const permit = await ctx.authorize('update', target)
  if (rule.version !== version) throw changedMeanwhile()
  const { id: _id, version: _version, resources: _resources, ...before } = rule
  const change = (resources: number) => ({
    action: 'sensitivity_rule.update',
    target,
    before,
    after: { ...input, resourcesChanged: resources },
  })
  await ctx.commitBulk(permit, change, async (bulk) => {
    await lockCatalogue(bulk, 'write', rulePatienceMs)
    if (!(await updateRule(bulk, { id, version }, input))) throw changedMeanwhile()
    return refreshSensitivity(bulk, ctx.tenant.orgId, 'all', { by: 'rule', who: input.name })
  })
  return findRule(ctx, id)
}

function changedMeanwhile(): AppError {
  return new AppError('conflict', 'Somebody changed this rule since you saw it. Look at it again.')
}
