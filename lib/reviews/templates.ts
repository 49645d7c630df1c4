import { z } from 'zod'
import { CredentialFilter, IdentityFilter } from '@/lib/identities/filters'
import { OwnerKey } from '@/lib/identities/schema'
import {
  Decision,
  ItemLevel,
  ReviewerSource,
  SelfReview,
  Silence,
  Strategy,
  silences,
  TemplateKind,
  TriggerEvent,
} from './values'

/** What a campaign is made of, and the templates that hold it. */

const Instant = z.iso.datetime().nullable()
export const Name = z.string().trim().min(1, 'Give it a name.').max(100, 'Use at most 100 characters.')
export const Description = z.string().trim().max(1000, 'Use at most 1000 characters.')

const isTimeZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
export const TimeZone = z.string().max(100).refine(isTimeZone, 'Name a time zone such as Europe/Berlin.')

// What a campaign is made of

const noMine = { path: ['owner'], message: 'A campaign is of nobody: “mine” has no meaning in it.' }
export const ReviewIdentityFilter = IdentityFilter.refine(({ owner }) => !owner?.includes('mine'), noMine)

/** Which identities; at level `credential` and `entitlement`: whose. A filter of credentials serves level `credential` alone. */
export const CampaignScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('identities'), filter: ReviewIdentityFilter }),
  z.strictObject({ kind: z.literal('credentials'), filter: CredentialFilter }),
  /** A saved view as it is at launch, or one that comes with the product. */
  z.strictObject({ kind: z.literal('view'), viewId: z.string().min(1).max(64) }),
  /** First seen within so many days. */
  z.strictObject({ kind: z.literal('new'), days: z.int().min(1).max(365) }),
  z.strictObject({ kind: z.literal('ids'), ids: z.array(z.uuid()).min(1, 'Name at least one.').max(1000) }),
])
export type CampaignScope = z.output<typeof CampaignScope>

export const mostStages = 3

export const StageRules = z.strictObject({
  name: Name.default('Review'),
  /** Tried in this order; whoever is in conflict is passed over. The campaign's fallback is always last. */
  reviewers: z.array(ReviewerSource).min(1, 'Say who reviews.').max(4).default(['owner', 'backup', 'team_lead']),
  /** For `named`. */
  named: z.array(OwnerKey).max(20).default([]),
  /** `first`: one reviewer for each item; `all`: everybody whom the first source that has somebody gives. */
  howMany: z.enum(['first', 'all']).default('first'),
  strategy: Strategy.default('one_accepts'),
  /** It ends with the day that is so many days after its begin, in the campaign's time zone. */
  days: z.int().min(1).max(365).default(14),
})
export type StageRules = z.output<typeof StageRules>

export const QualityRules = z.strictObject({
  /** A median below so many seconds for a decision is too fast. */
  minSeconds: z.number().min(0).max(600).default(5),
  /** A share of certified above this, in per cent, is rubber-stamping, from `leastItems` on. */
  approveAllPercent: z.int().min(50).max(100).default(95),
  leastItems: z.int().min(1).max(10_000).default(20),
  /** Evidence opened for less than so many per cent of the single decisions. */
  openedPercent: z.int().min(0).max(100).default(30),
  /** More than so many per cent decided in the last hour before the deadline. */
  nearDeadlinePercent: z.int().min(1).max(100).default(50),
  /** More than so many per cent of the notes are the same text. */
  identicalNotesPercent: z.int().min(1).max(100).default(50),
})
export type QualityRules = z.output<typeof QualityRules>

export const CampaignRules = z
  .strictObject({
    stages: z
      .array(StageRules)
      .min(1)
      .max(mostStages)
      .default(() => [StageRules.parse({})]),
    /** Who reviews when nobody else can: a person or a team. Without one such items stay in the queue `unassignable`. */
    fallback: OwnerKey.nullable().default(null),
    timeZone: TimeZone.default('UTC'),
    silence: Silence.default('escalate'),
    /** With `escalate`: to whom, for how many days, and what silence does after that. */
    escalateTo: OwnerKey.nullable().default(null),
    escalateDays: z.int().min(1).max(90).default(7),
    silenceThen: z.enum(silences).exclude(['escalate']).default('keep'),
    selfReview: SelfReview.default('never'),
    /** These decisions need a note. */
    noteFor: z.array(Decision).max(5).default(['unsure']),
    /** Certifying needs a note from this blast radius on; null = never. */
    noteFromScore: z.int().min(0).max(100).nullable().default(75),
    /** From this blast radius on an item is decided alone, never in bulk; null = no bound. */
    aloneFromScore: z.int().min(0).max(100).nullable().default(85),
    /** The longest that `certify_until` may say. */
    certifyDays: z.int().min(1).max(3650).default(365),
    /** Not used for so long counts as stale in the evidence. */
    staleAfterDays: z.int().min(1).max(3650).default(90),
    /** Hours before a deadline at which the undecided are reminded. */
    remindHours: z.array(z.int().min(1).max(2160)).max(6).default([168, 48, 12]),
    /** Hours before the deadline at which the fallback reviews beside whoever has not begun; null = never. */
    escalateHours: z.int().min(1).max(2160).nullable().default(null),
    quality: QualityRules.default(() => QualityRules.parse({})),
  })
  .refine(({ silence, escalateTo, fallback }) => silence !== 'escalate' || escalateTo !== null || fallback !== null, {
    path: ['escalateTo'],
    message: 'Say to whom what nobody decided goes, or name a fallback.',
  })
  .refine(({ stages }) => stages.every(({ reviewers, named }) => !reviewers.includes('named') || named.length > 0), {
    path: ['stages'],
    message: 'Name the reviewers of each stage that has named ones.',
  })
export type CampaignRules = z.output<typeof CampaignRules>
export type CampaignRulesInput = z.input<typeof CampaignRules>

/** What templates and campaigns have in common. */
export const campaignShape = {
  name: Name,
  description: Description.default(''),
  level: ItemLevel.default('identity'),
  scope: CampaignScope,
  rules: CampaignRules,
}

// Templates

const Recurrence = z.strictObject({
  everyMonths: z.int().min(1).max(24),
  /** The day on which the next one begins, at 09:00 in the template's time zone. */
  nextOn: z.iso.date(),
})
export const CreateTemplateInput = z.strictObject({
  ...campaignShape,
  kind: TemplateKind.default('custom'),
  recurrence: Recurrence.nullable().default(null),
  /** Events that begin a campaign over what they are about, within this scope. */
  events: z.array(TriggerEvent).max(3).default([]),
  isActive: z.boolean().default(true),
})
export type CreateTemplateInput = z.input<typeof CreateTemplateInput>
export type NewTemplate = z.output<typeof CreateTemplateInput>
export const UpdateTemplateInput = z.strictObject({
  id: z.uuid(),
  version: z.int().min(1),
  name: Name.optional(),
  description: Description.optional(),
  level: ItemLevel.optional(),
  scope: CampaignScope.optional(),
  rules: CampaignRules.optional(),
  recurrence: Recurrence.nullable().optional(),
  events: z.array(TriggerEvent).max(3).optional(),
  isActive: z.boolean().optional(),
})
export type UpdateTemplateInput = z.input<typeof UpdateTemplateInput>
export type TemplateChange = z.output<typeof UpdateTemplateInput>

export const ReviewTemplate = z.object({
  /** null = comes with the product. */
  id: z.uuid().nullable(),
  kind: TemplateKind,
  name: z.string(),
  description: z.string(),
  level: ItemLevel,
  /** As it is stored and given back: filters are the values of the address. */
  scope: z.record(z.string(), z.unknown()),
  rules: z.record(z.string(), z.unknown()),
  recurrence: Recurrence.nullable(),
  events: z.array(TriggerEvent),
  isActive: z.boolean(),
  version: z.int(),
  lastCampaignId: z.uuid().nullable(),
  /** Why its time came and nothing was begun. */
  problem: z.string().nullable(),
  updatedBy: z.string().nullable(),
  updatedAt: Instant,
  can: z.object({ update: z.boolean(), delete: z.boolean() }),
})
export type ReviewTemplate = z.infer<typeof ReviewTemplate>
export const TemplatePage = z.object({ items: z.array(ReviewTemplate), can: z.object({ create: z.boolean() }) })
export type TemplatePage = z.infer<typeof TemplatePage>

interface BuiltInTemplate {
  kind: TemplateKind
  name: string
  description: string
  level: ItemLevel
  /** As a scope is stored: the values of the address. */
  scope: Record<string, unknown>
  rules: CampaignRulesInput
}

const askEverybody = { silence: 'keep' } as const

/** The reviews that every organization needs, shipped with the product: code, not rows. */
export const builtInTemplates: readonly BuiltInTemplate[] = [
  {
    kind: 'privileged',
    name: 'Privileged access, every quarter',
    description: 'Everything that administers something or reads secrets.',
    level: 'identity',
    scope: { kind: 'identities', filter: { privilege: 'secret_read,admin' } },
    rules: {
      ...askEverybody,
      stages: [{ name: 'Owners and their backups', days: 21 }],
      noteFor: ['certify', 'unsure'],
    },
  },
  {
    kind: 'orphans',
    name: 'Nobody answers for it',
    description: 'Identities without an owner, and those whose owner left.',
    level: 'identity',
    scope: { kind: 'identities', filter: { owner: 'none,left' } },
    rules: { ...askEverybody, stages: [{ name: 'Whoever may know', reviewers: ['team_lead', 'backup'], days: 14 }] },
  },
  {
    kind: 'vendor_apps',
    name: 'Apps of other vendors',
    description: 'What third parties can do here.',
    level: 'entitlement',
    scope: { kind: 'identities', filter: { trait: 'third_party' } },
    rules: { ...askEverybody, stages: [{ days: 14 }] },
  },
  {
    kind: 'ai_agents',
    name: 'AI agents',
    description: 'What agents may call, and in whose name.',
    level: 'entitlement',
    scope: { kind: 'identities', filter: { kind: 'ai_agent' } },
    rules: { ...askEverybody, stages: [{ days: 14 }], certifyDays: 180 },
  },
  {
    kind: 'leaver',
    name: 'Somebody left',
    description: 'What a person who left answered for.',
    level: 'identity',
    scope: { kind: 'identities', filter: { owner: 'left' } },
    rules: { ...askEverybody, stages: [{ reviewers: ['backup', 'team_lead'], days: 7 }] },
  },
  {
    kind: 'newly_discovered',
    name: 'Newly discovered',
    description: 'What was first seen in the last 30 days.',
    level: 'identity',
    scope: { kind: 'new', days: 30 },
    rules: { ...askEverybody, stages: [{ days: 14 }] },
  },
]
