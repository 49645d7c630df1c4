import { z } from 'zod'
import { Level } from './blast-parts'
import { GraphNode, Sensitivity } from './schema'

/** Setting what a resource is worth protecting. Null: as the source says. */
export const SetSensitivityInput = z.strictObject({
  id: z.uuid(),
  sensitivity: Sensitivity.nullable(),
  reason: z.string().trim().min(1, 'Give a reason.').max(500, 'Use at most 500 characters.'),
  /** What the caller saw in force; when it is another one by now, the answer is a conflict. Left out: whatever it is. */
  seen: Sensitivity.nullable().optional(),
})
export type SetSensitivityInput = z.infer<typeof SetSensitivityInput>

export const SensitivityChange = z.object({
  at: z.iso.datetime(),
  before: Sensitivity.nullable(),
  after: Sensitivity.nullable(),
  by: z.enum(['hand', 'rule', 'source']),
  /** The person's name, the rule's or the source's. */
  who: z.string(),
  reason: z.string().nullable(),
})
export type SensitivityChange = z.infer<typeof SensitivityChange>
export const SensitivityHistory = z.object({
  current: Sensitivity.nullable(),
  /** Where `current` comes from. */
  by: z.enum(['hand', 'rule', 'source', 'nobody']),
  changes: z.array(SensitivityChange),
  can: z.object({ set: z.boolean() }),
})
export type SensitivityHistory = z.infer<typeof SensitivityHistory>

/** Rules in their order: the first that matches a resource decides, unless a person has. */
export const SensitivityRule = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(100),
  system: z.string().max(60).nullable(),
  kind: z.string().max(60).nullable(),
  environment: z.string().max(60).nullable(),
  /** Part of the name or id, with * for anything. */
  pattern: z.string().trim().max(200).nullable(),
  sensitivity: Sensitivity,
  position: z.int().min(0),
  /** How many resources it decides. */
  resources: z.int(),
  /** Give it with the next change of the rule. */
  version: z.int(),
})
export type SensitivityRule = z.infer<typeof SensitivityRule>
export const SensitivityRuleInput = SensitivityRule.omit({ id: true, resources: true, version: true }).strict()
export type SensitivityRuleInput = z.infer<typeof SensitivityRuleInput>
export const SensitivityRules = z.object({ items: z.array(SensitivityRule), can: z.object({ change: z.boolean() }) })
export type SensitivityRules = z.infer<typeof SensitivityRules>

/** What is marked as worth most: every change of the paths to it is kept. */
export const CrownJewel = z.object({
  id: z.uuid(),
  node: GraphNode,
  note: z.string().nullable(),
  markedAt: z.iso.datetime(),
  markedBy: z.string(),
  /** Since when the mark is taken away; null = it is marked. What changed while it was marked stays. */
  unmarkedAt: z.iso.datetime().nullable(),
  /** Identities that can reach or become it now. */
  reachers: z.int(),
})
export type CrownJewel = z.infer<typeof CrownJewel>
export const CrownJewels = z.object({
  items: z.array(CrownJewel),
  /** Those whose mark was taken away, the latest first, at most 100: their changes can still be read. */
  past: z.array(CrownJewel),
  can: z.object({ mark: z.boolean() }),
})
export type CrownJewels = z.infer<typeof CrownJewels>
export const MarkCrownJewelInput = z.strictObject({ nodeId: z.uuid(), note: z.string().trim().max(500).optional() })
export type MarkCrownJewelInput = z.infer<typeof MarkCrownJewelInput>

/** Who has come to reach a crown jewel, and who no longer does. */
export const JewelChange = z.object({
  id: z.uuid(),
  at: z.iso.datetime(),
  change: z.enum(['gained', 'lost', 'raised', 'lowered']),
  node: GraphNode,
  before: Level.nullable(),
  after: Level.nullable(),
  /** The path that came or went, by names, as it was then. */
  path: z.array(z.object({ kind: z.string(), name: z.string() })),
  /** What brought it: the audit event's sequence number, when it is known. */
  cause: z.string().nullable(),
})
export type JewelChange = z.infer<typeof JewelChange>
export const JewelChanges = z.object({
  jewel: CrownJewel,
  items: z.array(JewelChange),
  nextCursor: z.string().nullable(),
})
export type JewelChanges = z.infer<typeof JewelChanges>
