import type { Context } from '@/lib/platform/context'
import { ruleTarget } from '../rules'
import type { SensitivityRules } from '../worth'
import { listRuleRows } from './store-sensitivity'

/** The rules of sensitivity in their order, each with how many resources it decides. @throws AppError `forbidden` */
export async function listSensitivityRules(ctx: Context): Promise<SensitivityRules> {
  await ctx.plan('list', 'sensitivity_rule')
  const [items, [may]] = await Promise.all([
    listRuleRows(ctx),
    ctx.can(['update'], [ruleTarget({ id: '*', name: 'rules of sensitivity' })]),
  ])
  return { items, can: { change: may?.update === true } }
}
