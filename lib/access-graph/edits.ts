import { z } from 'zod'
import { Level, PathStep, SensitivityRuleInput, WhatIf } from './blast-radius'
import { Resource, Sensitivity } from './schema'

/** What people change, or only think of changing: rules of sensitivity, and what a what-if is about. */

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

/** A row as the picture draws it: by itself, or in a group of its layer, system and kind. */
const DrawnRow = z.object({ id: z.uuid(), group: z.string() })

/** A credential that is thought away or ends earlier. */
const ThoughtCredential = z.object({
  id: z.uuid(),
  name: z.string(),
  /** Whose it is; null when nobody's, or when the caller may not know. */
  holder: z.string().nullable(),
  source: z.object({ name: z.string(), system: z.string() }).nullable(),
  expiresAt: z.iso.datetime().nullable(),
  neverExpires: z.boolean(),
  lastUsedAt: z.iso.datetime().nullable(),
})

/** A what-if with what its changes are about, so that a link alone tells them. */
export const WhatIfAnswer = WhatIf.extend({
  /** The edges that are cut or lowered, as they are now. */
  steps: z.array(PathStep),
  /** The credentials that are cut or end earlier. */
  credentials: z.array(ThoughtCredential),
  /** Of those edges and credentials the ones that the sources no longer tell of: there is nothing left to do. */
  gone: z.array(z.uuid()),
  /** What is left between two rows: a level for a grant, null for nothing. Where another edge leads the same way, nothing is told. */
  ways: z.array(z.object({ from: DrawnRow, to: DrawnRow, kind: PathStep.shape.kind, level: Level.nullable() })),
})
export type WhatIfAnswer = z.infer<typeof WhatIfAnswer>
