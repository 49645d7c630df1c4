import { z } from 'zod'
import { Resource, Sensitivity } from './schema'
import { SensitivityRuleInput } from './worth'

/** What people change of the graph's worth: rules of sensitivity. */

export const UpdateSensitivityRuleInput = SensitivityRuleInput.extend({
  id: z.uuid(),
  /** Of the rule as the caller saw it. */
  version: z.int().min(1),
})
export type UpdateSensitivityRuleInput = z.infer<typeof UpdateSensitivityRuleInput>

/** A rule that is only thought of, for what it would decide; `id` when it is to take the place of one that is there. */
export const PreviewSensitivityRuleQuery = z.strictObject({
  id: z.uuid().optional(),
  system: z.string().trim().max(60).optional(),
  kind: z.string().trim().max(60).optional(),
  environment: z.string().trim().max(60).optional(),
  pattern: z.string().trim().max(200).optional(),
  sensitivity: Sensitivity,
  position: z.coerce.number<string | number>().int().min(0).default(0),
})
export type PreviewSensitivityRuleQuery = z.output<typeof PreviewSensitivityRuleQuery>

export const SensitivityRulePreview = z.object({
  /** Resources that it matches. */
  matches: z.int(),
  /** Of them those that no rule before it and nobody by hand decides. */
  decides: z.int(),
  /** Of those it decides, the ones whose sensitivity would be another than now. */
  changes: z.int(),
  /** At most ten of those that it decides, by name. */
  samples: z.array(Resource),
})
export type SensitivityRulePreview = z.infer<typeof SensitivityRulePreview>
