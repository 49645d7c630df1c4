import { z } from 'zod'
import { credentialTypes } from '@/lib/connectors/contract'
import { IdentityFilter } from '@/lib/identities/filters'
import { Delivery, isForOneOnly } from './delivery'

/** The contracts of rotation policies, and of what falls due by them. */

const Instant = z.iso.datetime().nullable()
const Name = z.string().trim().min(1, 'Give it a name.').max(100, 'Use at most 100 characters.')

const isTimeZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** When changes may be made at the source, in somebody's own time; one that ends before it begins goes on past midnight. */
export const PolicyWindow = z.strictObject({
  timeZone: z.string().max(100).refine(isTimeZone, 'Name a time zone such as Europe/Berlin.'),
  /** 1 = Monday … 7 = Sunday. */
  days: z.array(z.int().min(1).max(7)).min(1, 'Choose a day.').max(7),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time such as 22:00.'),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write a time such as 04:00.'),
})
export type PolicyWindow = z.infer<typeof PolicyWindow>

/** So long before a rotation is due it counts as due soon. */
export const soonDays = 14

/** The most runs of one policy that may be under way at once. */
export const mostAtOnce = 50

/** As they are written: where new secrets go may not be said yet. */
export const DraftRules = z
  .strictObject({
    /** A credential of another type is not covered; none = of every type. */
    types: z.array(z.enum(credentialTypes)).max(credentialTypes.length).default([]),
    /** Days after which a rotation is due, and after which it is overdue. */
    intervalDays: z.int().min(1).max(3650),
    maxAgeDays: z.int().min(1).max(3650),
    /** Hours for which old and new work side by side, where they can. */
    overlapHours: z.number().min(0).max(720).default(24),
    /** The old one ends only when it was not used for so many hours, where the source says when it was used last; 0 = it is not asked. */
    quietHours: z.number().min(0).max(720).default(0),
    /** Hours for which the old one can be brought back. */
    holdHours: z.number().min(0).max(720).default(24),
    endSessions: z.boolean().default(false),
    removes: z.boolean().default(true),
    /** `null` = at any time. */
    window: PolicyWindow.nullable().default(null),
    delivery: Delivery.nullable().default(null),
    /** A second person has to agree to those whose blast radius is so wide; 0 = to all, `null` = only above the organization's threshold. */
    approvalScore: z.int().min(0).max(100).nullable().default(null),
    /** And to those of these criticalities. */
    approvalTiers: z
      .array(z.enum(['low', 'medium', 'high', 'critical']))
      .max(4)
      .default([]),
    /** So many runs may be under way at once. */
    atOnce: z.int().min(1).max(mostAtOnce).default(5),
    /** Begins runs by itself when they are due; if not, it only says what is due. */
    isAutomatic: z.boolean().default(false),
  })
  .refine(({ intervalDays, maxAgeDays }) => maxAgeDays >= intervalDays, {
    path: ['maxAgeDays'],
    message: 'It can be overdue only after it is due.',
  })
  .refine(({ delivery }) => delivery === null || !isForOneOnly(delivery), {
    path: ['delivery', 'path'],
    message: 'Put {id} into it: each account needs a place of its own.',
  })
export const PolicyRules = DraftRules.refine(({ isAutomatic, delivery }) => !isAutomatic || delivery !== null, {
  path: ['delivery'],
  message: 'Say where new secrets go: nobody is asked when a run begins by itself.',
})
export type PolicyRules = z.output<typeof PolicyRules>

/** The identities whose credentials it covers, as the inventory is filtered. */
export const PolicyFilter = IdentityFilter.refine(({ owner }) => !owner?.includes('mine'), {
  path: ['owner'],
  message: 'A policy is of nobody: “mine” has no meaning in it.',
})
export type PolicyFilter = z.output<typeof PolicyFilter>

const policy = { name: Name, filter: PolicyFilter, rules: PolicyRules, isActive: z.boolean().default(true) }

export const CreatePolicyInput = z.strictObject(policy)
export type CreatePolicyInput = z.input<typeof CreatePolicyInput>
export type NewPolicy = z.output<typeof CreatePolicyInput>

/** Only what is given changes; each change makes another version. */
export const UpdatePolicyInput = z.strictObject({
  id: z.uuid(),
  /** The version that was seen: a later one is not overwritten. */
  version: z.int().min(1),
  name: Name.optional(),
  filter: PolicyFilter.optional(),
  rules: PolicyRules.optional(),
  isActive: z.boolean().optional(),
})
export type UpdatePolicyInput = z.input<typeof UpdatePolicyInput>
export type PolicyChange = z.output<typeof UpdatePolicyInput>

/** More than so many covered credentials are not counted in a preview. */
export const mostCounted = 20_000

export const PreviewPolicyInput = z.strictObject({
  /** Of a policy that is being changed: what it covers already counts as free. */
  id: z.uuid().optional(),
  filter: PolicyFilter,
  rules: DraftRules,
})
export type PreviewPolicyInput = z.input<typeof PreviewPolicyInput>
export type PolicyDraft = z.output<typeof PreviewPolicyInput>

const dueStates = ['overdue', 'due', 'soon', 'rotating', 'stopped', 'excepted'] as const
export const DueState = z.enum(dueStates)
export type DueState = z.infer<typeof DueState>

/**
 * From when its age counts. `rotated`, `issued`: its source says so; `here`: it was rotated by this product; `seen`: nobody says,
 * so it is at least as old as its first sight.
 */
export const sinceKinds = ['rotated', 'issued', 'here', 'seen'] as const

const Name2 = z.object({ id: z.uuid(), name: z.string() })

const due = {
  credential: Name2,
  type: z.string(),
  identity: Name2,
  system: z.string(),
  environment: z.string().nullable(),
  owner: z.string().nullable(),
  since: z.iso.datetime(),
  sinceKind: z.enum(sinceKinds),
  dueAt: z.iso.datetime(),
  overdueAt: z.iso.datetime(),
  /** Through which connection it can be rotated from here; null = only by hand. */
  connection: Name2.nullable(),
}

export const PolicyPreview = z.object({
  /** Covered now; `isMore`: there are more than were counted. */
  covered: z.int(),
  isMore: z.boolean(),
  overdue: z.int(),
  due: z.int(),
  soon: z.int(),
  later: z.int(),
  excepted: z.int(),
  /** Of those covered: no connection could rotate them, so a person does it at the source. */
  byHand: z.int(),
  /** Their age is known only as "at least". */
  ageUnknown: z.int(),
  /** Another policy covers them, by which they are due no later: that one goes on to hold. */
  elsewhere: z.int(),
  /** When the first would begin by itself: the next time that the window is open and one is due. Null: none would. */
  firstBegins: Instant,
  /** How many fall due in each of the next weeks; the first holds all that are due already. */
  weeks: z.array(z.object({ from: z.iso.datetime(), count: z.int() })),
  /** Those due first. */
  first: z.array(z.object(due)),
  /** What stands in its way as a whole, as sentences. */
  warnings: z.array(z.string()),
  asOf: z.iso.datetime(),
})
export type PolicyPreview = z.infer<typeof PolicyPreview>

export const RotationPolicy = z.object({
  id: z.uuid(),
  name: z.string(),
  filter: z.record(z.string(), z.unknown()),
  rules: PolicyRules,
  isActive: z.boolean(),
  version: z.int(),
  createdBy: z.string(),
  updatedBy: z.string(),
  updatedAt: z.iso.datetime(),
  /** Counted up to 1000 each. */
  counts: z.object({ overdue: z.int(), due: z.int(), soon: z.int(), rotating: z.int(), stopped: z.int() }),
  /** A run of it did not end well: it begins no further ones until somebody has looked. */
  halted: z.object({ runId: z.uuid(), name: z.string(), at: z.iso.datetime() }).nullable(),
  /** Why it cannot begin anything now. */
  problem: z.string().nullable(),
  /** When its window is open next, now included; null without an automatic run. */
  nextOpening: Instant,
  can: z.object({ update: z.boolean(), delete: z.boolean() }),
})
export type RotationPolicy = z.infer<typeof RotationPolicy>

export const RotationPolicyDetail = RotationPolicy.extend({
  /** Newest first; the last 50. */
  versions: z.array(
    z.object({
      version: z.int(),
      name: z.string(),
      filter: z.record(z.string(), z.unknown()),
      rules: z.record(z.string(), z.unknown()),
      isActive: z.boolean(),
      by: z.string(),
      at: z.iso.datetime(),
    }),
  ),
})
export type RotationPolicyDetail = z.infer<typeof RotationPolicyDetail>

export const RotationPolicyPage = z.object({
  items: z.array(RotationPolicy),
  asOf: z.iso.datetime(),
  can: z.object({ create: z.boolean() }),
})
export type RotationPolicyPage = z.infer<typeof RotationPolicyPage>

export const DueRotation = z.object({
  ...due,
  state: DueState,
  policy: Name2,
  /** The run that is under way, or that ended without a new secret. */
  runId: z.uuid().nullable(),
  exceptedUntil: Instant,
  /** Why nobody can begin it from here now, as was found at the last try. */
  hindrance: z.string().nullable(),
})
export type DueRotation = z.infer<typeof DueRotation>

export const DuePage = z.object({
  items: z.array(DueRotation),
  /** On the first page, counted up to 1000 each. */
  counts: z.partialRecord(DueState, z.int()).nullable(),
  policies: z.int(),
  nextCursor: z.string().nullable(),
  asOf: z.iso.datetime(),
  can: z.object({ rotate: z.boolean(), createPolicy: z.boolean() }),
})
export type DuePage = z.infer<typeof DuePage>

export const DueQuery = z.strictObject({
  /** Without it all that are due, overdue or due soon. */
  state: DueState.optional(),
  policy: z.uuid().optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).default(50),
})
export type DueQuery = z.output<typeof DueQuery>

export const SigningKeyInput = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'Write an address that begins with https://.' }).max(500),
})
export type SigningKeyInput = z.infer<typeof SigningKeyInput>
/** `secret` as the receivers' libraries take it: `whsec_` and base64. */
export const SigningKey = z.object({ origin: z.string(), secret: z.string() })
export type SigningKey = z.infer<typeof SigningKey>

/** Counts end here: more is "1000 and more". */
export const mostTold = 1000
