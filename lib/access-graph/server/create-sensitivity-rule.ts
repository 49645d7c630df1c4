import type { Context } from '@/lib/platform/context'
import { lockCatalogue } from '@/lib/platform/db/commit'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { ruleTarget } from '../rules'
import { type SensitivityRule, SensitivityRuleInput } from '../worth'
import { refreshSensitivity } from './refresh-sensitivity'
import { findRule, insertRule, listRuleRows } from './store-sensitivity'

const mostRules = 200
/** In milliseconds: how long a change of rules waits for an import under way, which decides by the same rules. */
export const rulePatienceMs = 5000

/**
 * Adds a rule at its place in the order; those from there on move one further. Every resource is decided anew with it.
 * @throws AppError `forbidden`; `conflict` when there are too many, or while an import is being applied
 */
export async function createSensitivityRule(ctx: Context, given: SensitivityRuleInput): Promise<SensitivityRule> {
  const input = plainRule(SensitivityRuleInput.parse(given))
  const id = uuidv7()
  const target = ruleTarget({ id, name: input.name })
  const permit = await ctx.authorize('create', target)
  if ((await listRuleRows(ctx)).length >= mostRules)
    throw new AppError('conflict', `An organization can have ${mostRules} rules. Delete some first.`)
  const change = (resources: number) => ({
    action: 'sensitivity_rule.create',
    target,
    after: { ...input, resourcesChanged: resources },
  })
  await ctx.commitBulk(permit, change, async (bulk) => {
    await lockCatalogue(bulk, 'write', rulePatienceMs)
    await insertRule(bulk, { id, createdBy: `${ctx.actor.kind}:${ctx.actor.id}` }, input)
    return refreshSensitivity(bulk, ctx.tenant.orgId, 'all', { by: 'rule', who: input.name })
  })
  return findRule(ctx, id)
}

/** An empty condition is none. */
export function plainRule(rule: SensitivityRuleInput): SensitivityRuleInput {
  const { system, kind, environment, pattern } = rule
  return {
    ...rule,
    system: system || null,
    kind: kind || null,
    environment: environment || null,
    pattern: pattern || null,
  }
}
