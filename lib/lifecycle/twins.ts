import { z } from 'zod'

/** Two accounts of one source that one program uses in turn, where an account has one secret. */

const Side = z.object({ identityId: z.uuid(), name: z.string(), isInUse: z.boolean(), isOff: z.boolean() })

export const TwinPair = z.object({
  /** null = the account has no twin. */
  pair: z.object({ sides: z.array(Side), createdBy: z.string(), createdAt: z.iso.datetime() }).nullable(),
  /** Whether a twin would be of use: an account of a source at which two secrets work side by side needs none. */
  isOfUse: z.boolean(),
  can: z.object({ set: z.boolean() }),
})
export type TwinPair = z.infer<typeof TwinPair>

const pairShape = { identityId: z.uuid(), twinId: z.uuid() }
export const PreviewTwinInput = z.strictObject(pairShape)
export type PreviewTwinInput = z.input<typeof PreviewTwinInput>

export const TwinPreview = z.object({
  sides: z.array(Side),
  /** What one of them is granted and the other is not, as sentences. */
  differences: z.array(z.string()),
  /** Why they cannot be a pair; they can where there is none. */
  problems: z.array(z.string()),
  /** What a rotation will do, in order. */
  steps: z.array(z.string()),
  can: z.object({ set: z.boolean() }),
})
export type TwinPreview = z.infer<typeof TwinPreview>

export const SetTwinInput = z.strictObject({
  ...pairShape,
  /** Which of the two the program uses now. */
  inUseId: z.uuid(),
  reason: z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.'),
})
export type SetTwinInput = z.input<typeof SetTwinInput>
