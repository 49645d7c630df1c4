import { z } from 'zod'
import { OwnerKey } from '@/lib/identities/schema'
import { Decision, QualityFlag, RemedyState, RemedyWay, ReportFormat } from './values'

/** The contracts of what follows decisions: remediation, quality and the report. */

const Instant = z.iso.datetime().nullable()
const Reason = z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.')

export const Remedy = z.object({
  item: z.int(),
  decision: Decision.extract(['revoke', 'reduce']),
  identity: z.object({ id: z.uuid(), name: z.string() }),
  subject: z.string().nullable(),
  system: z.string(),
  way: RemedyWay,
  state: RemedyState,
  /** What was shown so far, or what stands in the way, as a sentence. */
  says: z.string(),
  orderId: z.uuid().nullable(),
  runId: z.uuid().nullable(),
  /** Who does it, for tasks and exceptions. */
  ownerKey: z.string().nullable(),
  ownerName: z.string().nullable(),
  dueAt: Instant,
  verifiedAt: Instant,
  updatedAt: z.iso.datetime(),
  can: z.object({ update: z.boolean() }),
})
export type Remedy = z.infer<typeof Remedy>
export const RemedyPage = z.object({
  items: z.array(Remedy),
  nextCursor: z.string().nullable(),
  asOf: z.iso.datetime(),
})
export type RemedyPage = z.infer<typeof RemedyPage>
export const RemedyQuery = z.strictObject({
  state: RemedyState.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type RemedyQuery = z.output<typeof RemedyQuery>

/** `done`: a person says that it is; `except`: it stays; `assign`: who does it and by when; `retry`: try again at the source. */
export const UpdateRemedyInput = z
  .strictObject({
    id: z.uuid(),
    item: z.coerce.number<string | number>().int().min(1),
    act: z.enum(['done', 'except', 'assign', 'retry']),
    ownerKey: OwnerKey.optional(),
    dueAt: z.iso.datetime().optional(),
    reason: Reason,
  })
  .refine(
    ({ act, ownerKey, dueAt }) =>
      !['except', 'assign'].includes(act) || (ownerKey !== undefined && dueAt !== undefined),
    { path: ['ownerKey'], message: 'Say who answers for it, and until when.' },
  )
export type UpdateRemedyInput = z.input<typeof UpdateRemedyInput>
/** The same without the address, for the interface of programs. */
export const RemedyChange = z.strictObject({
  act: z.enum(['done', 'except', 'assign', 'retry']),
  ownerKey: OwnerKey.optional(),
  dueAt: z.iso.datetime().optional(),
  reason: Reason,
})

export const Measures = z.object({
  decisions: z.int(),
  bulkDecisions: z.int(),
  /** Seconds for a decision; null = not measured. */
  medianSeconds: z.number().nullable(),
  p10Seconds: z.number().nullable(),
  p90Seconds: z.number().nullable(),
  certifiedPercent: z.number().nullable(),
  openedPercent: z.number().nullable(),
  /** Decided in the last hour before the deadline. */
  nearDeadlinePercent: z.number().nullable(),
  /** Of the notes, those with the most frequent text. */
  identicalNotesPercent: z.number().nullable(),
  notes: z.int(),
  /** Certified although the policy knew a conflict (`selfReview`). */
  notIndependent: z.int(),
  /** Decisions that were the other way in another campaign within 30 days after. */
  reversedIn30Days: z.int(),
})
export type Measures = z.infer<typeof Measures>

export const ReviewerQuality = z.object({
  reviewer: z.int(),
  name: z.string(),
  stage: z.int(),
  measures: Measures,
  flags: z.array(z.object({ flag: QualityFlag, says: z.string() })),
  secondLook: z
    .object({
      state: z.enum(['wanted', 'asked', 'done']),
      by: z.string().nullable(),
      verdict: z.enum(['stands', 'repeat']).nullable(),
      note: z.string().nullable(),
      at: Instant,
    })
    .nullable(),
})
export type ReviewerQuality = z.infer<typeof ReviewerQuality>
export const CampaignQuality = z.object({
  all: Measures,
  reviewers: z.array(ReviewerQuality),
  flagged: z.int(),
  asOf: z.iso.datetime(),
  can: z.object({ look: z.boolean() }),
})
export type CampaignQuality = z.infer<typeof CampaignQuality>

/** A second person looked at a flagged batch. `repeat`: its items are to be reviewed again, in a campaign of their own. */
export const SecondLookInput = z.strictObject({
  id: z.uuid(),
  reviewer: z.int().min(1),
  stage: z.int().min(1),
  verdict: z.enum(['stands', 'repeat']),
  note: Reason,
})
export type SecondLookInput = z.input<typeof SecondLookInput>

export const recordActions = [
  'review.campaign.launch',
  'review.campaign.close',
  'review.campaign.cancel',
  'review.report',
] as const

/** Where a campaign stands in the audit log. */
export const CampaignRecord = z.object({
  /** Its launch, its end, and the latest ten reports, in their order. */
  events: z.array(
    z.object({
      seq: z.int(),
      hash: z.string(),
      action: z.enum(recordActions),
      at: z.iso.datetime(),
      by: z.string(),
      /** Of a report: the end of its chain of lines, which its seal names. */
      reportHead: z.string().nullable(),
      /** When the event was signed as a checkpoint; null = it was not. */
      signedAt: Instant,
    }),
  ),
  /** So many reports were handed out as JSON or PDF. */
  reports: z.int(),
  /** SHA-256 of the key that signs checkpoints: a report of this installation names the same. */
  keyFingerprint: z.string(),
  asOf: z.iso.datetime(),
})
export type CampaignRecord = z.infer<typeof CampaignRecord>

export const ReportQuery = z.strictObject({
  format: ReportFormat.default('json'),
  /** CSV: with a byte order mark, by which Excel knows UTF-8. */
  bom: z.enum(['yes']).optional(),
})
export type ReportQuery = z.output<typeof ReportQuery>
