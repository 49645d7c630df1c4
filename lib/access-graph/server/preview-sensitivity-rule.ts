import type { Context } from '@/lib/platform/context'
import type { PreviewSensitivityRuleQuery, SensitivityRulePreview } from '../edits'
import { presentResource } from './get-resource'
import { listResourceRows } from './store'
import { previewRule } from './store-sensitivity'

const mostSamples = 10

/** What a rule would match and decide at its place in the order. Nothing is changed. @throws AppError `forbidden` */
export async function previewSensitivityRule(
  ctx: Context,
  rule: PreviewSensitivityRuleQuery,
): Promise<SensitivityRulePreview> {
  await Promise.all([ctx.plan('list', 'sensitivity_rule'), ctx.plan('list', 'source')])
  const { samples, ...counts } = await previewRule(ctx, rule, mostSamples)
  const rows = await listResourceRows(ctx.db, { id: { in: samples } }, [{ name: 'asc' }, { id: 'asc' }], mostSamples)
  return { ...counts, samples: rows.map(presentResource) }
}
