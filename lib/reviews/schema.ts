import { z } from 'zod'
import { identityKinds } from '@/lib/connectors/contract'
import { CampaignRules, CampaignScope, campaignShape, Description, Name } from './templates'
import {
  CampaignState,
  Conflict,
  Decision,
  ItemLevel,
  Outcome,
  ReviewerWay,
  Silence,
  Strategy,
  TemplateKind,
  TriggerEvent,
} from './values'

/** Instants are ISO 8601 in UTC. */
const Instant = z.iso.datetime().nullable()
const Reason = z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.')
const NameRef = z.object({ id: z.uuid(), name: z.string() })

export const CreateCampaignInput = z.strictObject({
  ...campaignShape,
  /** The template that it was filled in from. */
  template: TemplateKind.default('custom'),
  templateId: z.uuid().nullable().default(null),
})
export type CreateCampaignInput = z.input<typeof CreateCampaignInput>
export type NewCampaign = z.output<typeof CreateCampaignInput>

/** Drafts only. `version`: the one that was seen. */
export const UpdateCampaignInput = z.strictObject({
  id: z.uuid(),
  version: z.int().min(1),
  name: Name.optional(),
  description: Description.optional(),
  level: ItemLevel.optional(),
  scope: CampaignScope.optional(),
  rules: CampaignRules.optional(),
})
export type UpdateCampaignInput = z.input<typeof UpdateCampaignInput>
export type CampaignChange = z.output<typeof UpdateCampaignInput>

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

// Campaigns

/** Of the items, each counted once. */
const ItemCounts = z.object({
  items: z.int(),
  /** Have their outcome. */
  settled: z.int(),
  /** Wait for somebody, with and without a draft. */
  open: z.int(),
  /** Wait for somebody whom nobody has found yet. */
  unassignable: z.int(),
})

export const CampaignSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  template: TemplateKind,
  level: ItemLevel,
  state: CampaignState,
  /** One sentence for people. */
  headline: z.string(),
  tone: z.enum(['good', 'bad', 'busy', 'quiet', 'attention']),
  /** What it covers, as a sentence. */
  scopeSays: z.string(),
  silence: Silence,
  /** What happens to what nobody decides, as a sentence. */
  silenceSays: z.string(),
  timeZone: z.string(),
  stage: z.object({ no: z.int(), of: z.int(), name: z.string() }),
  /** Of the stage under way; null before the launch. */
  deadlineAt: Instant,
  /** Of the last stage. */
  endsAt: Instant,
  counts: ItemCounts,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  launchedAt: Instant,
  closedAt: Instant,
})
export type CampaignSummary = z.infer<typeof CampaignSummary>

export const CampaignPage = z.object({
  items: z.array(CampaignSummary),
  nextCursor: z.string().nullable(),
  asOf: z.iso.datetime(),
  can: z.object({ create: z.boolean() }),
})
export type CampaignPage = z.infer<typeof CampaignPage>
export const CampaignQuery = z.strictObject({
  /** `open`: not closed and not cancelled. */
  state: z.enum(['open', 'closed', ...CampaignState.options]).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).default(50),
})
export type CampaignQuery = z.output<typeof CampaignQuery>

export const CampaignDetail = CampaignSummary.extend({
  scope: z.record(z.string(), z.unknown()),
  rules: CampaignRules,
  version: z.int(),
  templateId: z.uuid().nullable(),
  /** The campaign whose undecided items this one takes up again. */
  parentId: z.uuid().nullable(),
  /** What began it by itself. */
  trigger: z.object({ event: TriggerEvent, says: z.string() }).nullable(),
  /** Why its launch was refused. */
  blocked: z.string().nullable(),
  stages: z.array(
    z.object({
      no: z.int(),
      name: z.string(),
      strategy: Strategy,
      state: z.enum(['ahead', 'active', 'done']),
      beginsAt: Instant,
      deadlineAt: Instant,
      endedAt: Instant,
    }),
  ),
  /** Of the frozen population and evidence; null before the launch. */
  freeze: z
    .object({ at: z.iso.datetime(), by: z.string(), populationHash: z.string(), evidenceHash: z.string() })
    .nullable(),
  asOf: z.iso.datetime(),
  can: z.object({
    update: z.boolean(),
    launch: z.boolean(),
    cancel: z.boolean(),
    close: z.boolean(),
    delete: z.boolean(),
    /** May give out what is unassignable, and take items from one reviewer to another. */
    assign: z.boolean(),
    remediate: z.boolean(),
    download: z.boolean(),
  }),
})
export type CampaignDetail = z.infer<typeof CampaignDetail>

// Preview and launch

/** What a campaign would be, or of a draft by its id. */
export const PreviewCampaignInput = z.strictObject({
  level: ItemLevel.default('identity'),
  scope: CampaignScope,
  rules: CampaignRules,
})
export type PreviewCampaignInput = z.input<typeof PreviewCampaignInput>
export type CampaignDraft = z.output<typeof PreviewCampaignInput>

export const CampaignPreview = z.object({
  items: z.int(),
  identities: z.int(),
  /** Of the scope, but no item: credentials of people, or of nobody known. */
  leftOut: z.int(),
  /** What it does not see in time, as a sentence each; while there is one it cannot be launched. */
  blocked: z.array(z.object({ sourceId: z.uuid(), source: z.string(), says: z.string() })),
  /** The 100 with the most items. */
  reviewers: z.array(
    z.object({
      key: z.string(),
      name: z.string(),
      kind: z.enum(['person', 'team']),
      ways: z.array(z.object({ way: ReviewerWay, items: z.int() })),
      items: z.int(),
      /** In other campaigns, open now. */
      elsewhere: z.int(),
    }),
  ),
  reviewerCount: z.int(),
  /** Who would have been asked, and was passed over. */
  conflicts: z.array(z.object({ conflict: Conflict, items: z.int(), says: z.string() })),
  unassignable: z.int(),
  /** The first ten of them, with the reason. */
  unassignableItems: z.array(z.object({ identity: NameRef, says: z.string() })),
  /** What would happen to the whole population if nobody decided. */
  silence: z.object({ silence: Silence, says: z.string(), items: z.int(), inUse: z.int() }),
  byKind: z.array(z.object({ kind: z.enum(identityKinds), items: z.int() })),
  /** So many groups of equal evidence. */
  groups: z.int(),
  recommended: z.array(z.object({ decision: Decision, items: z.int() })),
  deadlines: z.array(z.object({ stage: z.int(), name: z.string(), at: z.iso.datetime() })),
  /** What a person should know before launching, as sentences. */
  warnings: z.array(z.string()),
  /** Give it back with the launch: when the population has changed since, it is refused. */
  previewHash: z.string(),
  asOf: z.iso.datetime(),
})
export type CampaignPreview = z.infer<typeof CampaignPreview>

export const LaunchCampaignInput = z.strictObject({
  id: z.uuid(),
  version: z.int().min(1),
  /** Of the preview that was seen; null = launch whatever it is now (schedules and programs). */
  previewHash: z.string().max(100).nullable().default(null),
  /** Begin then, with what the population is then; null = now. */
  startsAt: z.iso.datetime().nullable().default(null),
})
export type LaunchCampaignInput = z.input<typeof LaunchCampaignInput>

export const EndCampaignInput = z.strictObject({ id: z.uuid(), reason: Reason })
export type EndCampaignInput = z.input<typeof EndCampaignInput>

export const CloseCampaignInput = z.strictObject({
  id: z.uuid(),
  /** Close although something is not verified: each is listed with its owner and date. */
  withExceptions: z.boolean().default(false),
  reason: Reason.optional(),
})
export type CloseCampaignInput = z.input<typeof CloseCampaignInput>

// Progress

const decisionCounts = z.partialRecord(Decision, z.int())

export const CampaignProgress = z.object({
  state: CampaignState,
  counts: ItemCounts,
  /** What settled items came to. */
  outcomes: z.partialRecord(Outcome, z.int()),
  stages: z.array(
    z.object({
      no: z.int(),
      name: z.string(),
      state: z.enum(['ahead', 'active', 'done']),
      /** Assignments: an item with two reviewers counts twice. */
      assigned: z.int(),
      open: z.int(),
      drafted: z.int(),
      signed: z.int(),
      handedOn: z.int(),
      closed: z.int(),
      /** Of drafts and what is signed. */
      decisions: decisionCounts,
      deadlineAt: Instant,
    }),
  ),
  deadlineAt: Instant,
  /** Below 0: the deadline has passed. */
  secondsLeft: z.number().nullable(),
  remedies: z.object({
    planned: z.int(),
    running: z.int(),
    verified: z.int(),
    tasks: z.int(),
    failed: z.int(),
    excepted: z.int(),
  }),
  asOf: z.iso.datetime(),
})
export type CampaignProgress = z.infer<typeof CampaignProgress>

export const CampaignReviewer = z.object({
  no: z.int(),
  key: z.string(),
  name: z.string(),
  kind: z.enum(['person', 'team', 'nobody']),
  way: ReviewerWay,
  /** `gone`: left or was disabled since. */
  isGone: z.boolean(),
  assigned: z.int(),
  open: z.int(),
  drafted: z.int(),
  signed: z.int(),
  decisions: decisionCounts,
  lastActAt: Instant,
  signedOffAt: Instant,
})
export type CampaignReviewer = z.infer<typeof CampaignReviewer>
export const ReviewerPage = z.object({ items: z.array(CampaignReviewer), nextCursor: z.string().nullable() })
export type ReviewerPage = z.infer<typeof ReviewerPage>
export const ReviewerQuery = z.strictObject({
  /** Most open first. */
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type ReviewerQuery = z.output<typeof ReviewerQuery>

// The inbox

export const MyReview = z.object({
  campaign: z.object({ id: z.uuid(), name: z.string(), level: ItemLevel }),
  stage: z.object({ no: z.int(), of: z.int(), name: z.string() }),
  /** Why me: as owner, for a team, as fallback. */
  says: z.string(),
  silenceSays: z.string(),
  deadlineAt: z.iso.datetime(),
  timeZone: z.string(),
  open: z.int(),
  drafted: z.int(),
  signed: z.int(),
  total: z.int(),
})
export type MyReview = z.infer<typeof MyReview>
export const MyReviews = z.object({
  items: z.array(MyReview),
  /** In all of them: not decided, and decided but not signed off. */
  open: z.int(),
  drafted: z.int(),
  asOf: z.iso.datetime(),
})
export type MyReviews = z.infer<typeof MyReviews>
