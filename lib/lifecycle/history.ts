import { z } from 'zod'
import { stepNames } from './engine/steps'

/** One line of a run's history, as the stream sends it: `id` is the number, so that a page that lost the line goes on behind it. */
export const RunEvent = z.object({
  no: z.int(),
  at: z.iso.datetime(),
  what: z.enum(['asked', 'step', 'outcome', 'hop', 'probe', 'state', 'person', 'secret']),
  step: z.enum(stepNames).nullable(),
  attempt: z.int().nullable(),
  says: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type RunEvent = z.infer<typeof RunEvent>

export const RunEventQuery = z.strictObject({
  /** The last number that is known; the header Last-Event-ID says the same. */
  after: z.coerce.number<string | number>().int().min(0).default(0),
  /** `no`: what there is, and then the end. */
  follow: z.enum(['yes', 'no']).default('yes'),
})
export type RunEventQuery = z.output<typeof RunEventQuery>

/**
 * Something that was cut off on the organization's order and is there again: `account` or `credential`: the same one is back at its
 * source, or on again; `secret`: another credential has the secret that was cut off.
 */
export const Reappearance = z.object({
  id: z.uuid(),
  runId: z.uuid(),
  identityId: z.uuid().nullable(),
  name: z.string(),
  as: z.enum(['account', 'credential', 'secret']),
  cutAt: z.iso.datetime(),
  /** When it was seen. */
  at: z.iso.datetime(),
  says: z.string(),
  can: z.object({ settle: z.boolean() }),
})
export type Reappearance = z.infer<typeof Reappearance>
export const ReappearancePage = z.object({ items: z.array(Reappearance) })
export type ReappearancePage = z.infer<typeof ReappearancePage>
export const ReappearanceQuery = z.strictObject({ identity: z.uuid().optional() })
export type ReappearanceQuery = z.output<typeof ReappearanceQuery>

export const SettleReappearanceInput = z.strictObject({
  id: z.uuid(),
  reason: z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.'),
})
export type SettleReappearanceInput = z.input<typeof SettleReappearanceInput>

/** Who uses one of two secrets that work at the same time. */
export const SecretUse = z.object({
  side: z.enum(['old', 'new']),
  /** What a program signs in as with it. */
  account: z.string(),
  /** null = the source does not say who is signed in with this secret. */
  sessions: z
    .object({
      count: z.int(),
      shown: z.array(
        z.object({ from: z.string().optional(), program: z.string().optional(), since: z.string().optional() }),
      ),
    })
    .nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
  /** What the source knows of its last use. */
  lastUse: z.enum(['known', 'never', 'unknown']),
  /** What it cannot see, or why it is not known. */
  says: z.string().nullable(),
})
export type SecretUse = z.infer<typeof SecretUse>

export const RunUse = z.object({
  /** Empty when the two do not work at the same time (any more). */
  sides: z.array(SecretUse),
  /** When the source was asked. */
  asOf: z.iso.datetime(),
})
export type RunUse = z.infer<typeof RunUse>
