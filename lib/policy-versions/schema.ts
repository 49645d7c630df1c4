import { z } from 'zod'
import { caseNames, maxFileLength, maxFiles, maxTotalLength, versionStates } from './values'

const reason = z.string().trim().min(3, 'Say why, in a few words.').max(500)

export const PolicyFile = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,40}\.yaml$/, 'must be a name of small letters that ends in .yaml')
    .refine((name) => !name.startsWith('bailiwick'), 'must not begin with “bailiwick”'),
  text: z
    .string()
    .max(maxFileLength, `has more than ${maxFileLength} characters`)
    .refine((text) => !text.includes('\u0000') && text.isWellFormed(), 'holds characters that no text has'),
})
export type PolicyFile = z.output<typeof PolicyFile>

export const PolicyFiles = z
  .array(PolicyFile)
  .min(1, 'There has to be at least one file.')
  .max(maxFiles, `At most ${maxFiles} files.`)
  .refine((files) => new Set(files.map(({ name }) => name)).size === files.length, 'Two files have the same name.')
  .refine(
    (files) => files.reduce((sum, { text }) => sum + text.length, 0) <= maxTotalLength,
    `Together more than ${maxTotalLength} characters.`,
  )

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.output<typeof ById>

export const CreateVersionInput = z.strictObject({
  title: z.string().trim().min(3, 'Say in a few words what it changes.').max(200),
  /** Left out: those of the version in use, or an example. */
  files: PolicyFiles.optional(),
})
export type CreateVersionInput = z.input<typeof CreateVersionInput>

const seen = { id: z.uuid(), revision: z.int().min(1) }
export const UpdateVersionInput = z.strictObject({
  ...seen,
  title: z.string().trim().min(3).max(200).optional(),
  files: PolicyFiles,
})
export type UpdateVersionInput = z.input<typeof UpdateVersionInput>

export const TestVersionInput = z.strictObject(seen)
export type TestVersionInput = z.input<typeof TestVersionInput>

/** The very text that was looked at, by its hash. */
const looked = { id: z.uuid(), contentHash: z.string().length(64) }
export const ReviewVersionInput = z.strictObject({
  ...looked,
  verdict: z.enum(['approved', 'rejected']),
  note: reason,
})
export type ReviewVersionInput = z.input<typeof ReviewVersionInput>

export const ShadowVersionInput = z.strictObject(looked)
export type ShadowVersionInput = z.input<typeof ShadowVersionInput>

/** `activeHash` is what answers now, as it was shown: another one by then is a conflict. */
export const PublishVersionInput = z.strictObject({ ...looked, activeHash: z.string().length(64) })
export type PublishVersionInput = z.input<typeof PublishVersionInput>

export const RollBackInput = z.strictObject({ activeHash: z.string().length(64), reason })
export type RollBackInput = z.input<typeof RollBackInput>

export const DiscardVersionInput = z.strictObject(seen)
export type DiscardVersionInput = z.input<typeof DiscardVersionInput>

export const ReplayInput = z.strictObject({
  /** `base` is the product's own policies without any of the organization's. */
  id: z.union([z.uuid(), z.literal('base')]),
  days: z.int().min(1).max(90).default(7),
})
export type ReplayInput = z.input<typeof ReplayInput>

export const Problem = z.object({
  file: z.string().nullable(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  says: z.string(),
})
export type Problem = z.infer<typeof Problem>

export const FailedQuestion = z.object({
  principal: z.string(),
  resource: z.string(),
  action: z.string(),
  expected: z.string(),
  actual: z.string(),
})

export const TestResult = z.object({
  isCompiled: z.boolean(),
  isPassed: z.boolean(),
  problems: z.array(Problem),
  suites: z.array(
    z.object({
      file: z.string(),
      name: z.string(),
      asked: z.int(),
      failed: z.int(),
      error: z.string().nullable(),
      failures: z.array(FailedQuestion.extend({ test: z.string() })),
    }),
  ),
  /** The mandatory set. */
  cases: z.array(
    z.object({
      name: z.enum(caseNames),
      asked: z.int(),
      failed: z.int(),
      failures: z.array(FailedQuestion),
    }),
  ),
  /** What the product's policies allow and this version refuses, in the mandatory set. */
  narrowed: z.object({ count: z.int(), examples: z.array(FailedQuestion) }),
  baseHash: z.string(),
  contentHash: z.string(),
  tookMs: z.int(),
})
export type TestResult = z.infer<typeof TestResult>

export const Difference = z.object({
  subject: z.object({ type: z.string(), id: z.string() }),
  action: z.string(),
  resourceType: z.string(),
  /** What this version says; what was answered was the opposite. */
  nowAllowed: z.boolean(),
  count: z.int(),
  reasonWas: z.string(),
  reasonNow: z.string(),
  ruleNow: z.string().nullable(),
  sampleResource: z.string(),
  sampleDecision: z.uuid().nullable(),
  lastAt: z.iso.datetime(),
})
export type Difference = z.infer<typeof Difference>

export const Trial = z.object({
  id: z.uuid(),
  kind: z.enum(['shadow', 'replay']),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  versionNo: z.int().nullable(),
  contentHash: z.string().nullable(),
  activeHash: z.string(),
  /** What answers has changed since, or this version's text has. */
  isStale: z.boolean(),
  askedBy: z.string(),
  days: z.int().nullable(),
  beganAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Recorded decisions of the time; null as long as nobody has counted. */
  total: z.int().nullable(),
  asked: z.int(),
  differing: z.int(),
  /** Recorded answers that no policy gave. */
  skipped: z.int(),
  /** Not put to it, because it could not keep up or did not answer. */
  dropped: z.int(),
  /** Put to it with values that the log keeps masked. */
  masked: z.int(),
  problem: z.string().nullable(),
  differences: z.array(Difference),
})
export type Trial = z.infer<typeof Trial>

const Summary = z.object({
  id: z.uuid(),
  no: z.int(),
  title: z.string(),
  state: z.enum(versionStates),
  isActive: z.boolean(),
  contentHash: z.string(),
  kinds: z.array(z.string()),
  author: z.string(),
  reviewer: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  publishedAt: z.iso.datetime().nullable(),
})
export type VersionSummary = z.infer<typeof Summary>

export const Activation = z.object({
  no: z.int(),
  versionId: z.uuid().nullable(),
  versionNo: z.int().nullable(),
  /** What decisions of that time carry. */
  hash: z.string(),
  how: z.enum(['published', 'rolled_back']),
  by: z.string(),
  reason: z.string().nullable(),
  at: z.iso.datetime(),
})

export const VersionList = z.object({
  items: z.array(Summary),
  active: z.object({
    versionId: z.uuid().nullable(),
    versionNo: z.int().nullable(),
    /** What each decision carries: the product's policies and the organization's own together. */
    hash: z.string().nullable(),
    baseHash: z.string().nullable(),
    /** Whether the version in use is where it is asked. Where not, every answer about its types is no. */
    isLoaded: z.boolean(),
  }),
  activations: z.array(Activation),
  /** Files of the product's own policies, for reading. */
  base: z.array(z.object({ name: z.string(), text: z.string() })),
  baseReplays: z.array(Trial),
  /** Why there can be no policies of one's own here; null where there can. */
  unavailable: z.string().nullable(),
  can: z.object({ create: z.boolean(), rollBack: z.boolean(), replay: z.boolean() }),
})
export type VersionList = z.infer<typeof VersionList>

export const VersionDetail = Summary.extend({
  revision: z.int(),
  authors: z.int(),
  files: z.array(z.object({ name: z.string(), text: z.string() })),
  basedOn: z.int().nullable(),
  /** What is in use, for the difference. */
  active: z.object({
    no: z.int().nullable(),
    hash: z.string().nullable(),
    files: z.array(z.object({ name: z.string(), text: z.string() })),
  }),
  test: z.object({ at: z.iso.datetime(), isStale: z.boolean(), result: TestResult }).nullable(),
  review: z.object({ by: z.string(), at: z.iso.datetime(), note: z.string() }).nullable(),
  shadowAt: z.iso.datetime().nullable(),
  publishedBy: z.string().nullable(),
  trials: z.array(Trial),
  unavailable: z.string().nullable(),
  can: z.object({
    update: z.boolean(),
    test: z.boolean(),
    approve: z.boolean(),
    shadow: z.boolean(),
    publish: z.boolean(),
    replay: z.boolean(),
    discard: z.boolean(),
  }),
})
export type VersionDetail = z.infer<typeof VersionDetail>
