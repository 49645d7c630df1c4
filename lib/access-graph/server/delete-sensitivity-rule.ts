import type { Context } from '@/lib/platform/context'
import { lockCatalogue } from '@/lib/platform/db/commit'
import { AppError } from '@/lib/platform/errors'
import { ruleTarget } from '../rules'
import { ById } from '../schema'
import { rulePatienceMs } from './create-sensitivity-rule'
import { refreshSensitivity } from './refresh-sensitivity'
import { findRule, removeRule } from './store-sensitivity'

/**
 * Deletes a rule. What it decided is decided by the next one that matches, else by the source.
 * @throws AppError `not_found`, `forbidden`; `conflict` when somebody else deleted it, or while an import is being applied
 */
export async function deleteSensitivityRule(ctx: Context, given: ById): Promise<void> {
  const { id } = ById.parse(given)
  const rule = await findRule(ctx, id)
  const target = ruleTarget(rule)
  const permit = await ctx.authorize('delete', target)
  const { id: _id, version: _version, resources: _resources, ...before } = rule
  const change = (resources: number) => ({
    action: 'sensitivity_rule.delete',
    target,
    before,
    after: { resourcesChanged: resources },
  })
  await ctx.commitBulk(permit, change, async (bulk) => {
    await lockCatalogue(bulk, 'write', rulePatienceMs)
    if (!(await removeRule(bulk, id))) throw new AppError('conflict', 'Somebody else deleted this rule a moment ago.')
    return refreshSensitivity(bulk, ctx.tenant.orgId, 'all', { by: 'rule', who: rule.name })
  })
}
