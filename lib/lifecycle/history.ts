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
