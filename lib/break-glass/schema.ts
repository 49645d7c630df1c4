import { z } from 'zod'
import { GrantDetail, GrantImpact, RightOutcome, WantedRight } from '@/lib/grants/schema'
import { accessModes } from '@/lib/grants/values'
import {
  confirmationWords,
  emergencyRoles,
  exceptions,
  longestSeconds,
  secretStates,
  useStates,
  verdicts,
} from './values'

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

const Words = z.string().trim().min(10, 'Say it in at least ten characters.').max(1000, 'Use at most 1,000 characters.')

export const PreviewUseInput = z.strictObject({
  /** A role in this organization, for oneself; or rights, as of any grant. */
  role: z.enum(emergencyRoles).nullable().default(null),
  identityId: z.uuid().nullable().default(null),
  mode: z.enum(accessModes).default('provisioned'),
  rights: z.array(WantedRight).max(20, 'Take at most 20 rights at once.').default([]),
  incidentId: z.uuid().nullable().default(null),
})
export type PreviewUseInput = z.input<typeof PreviewUseInput>

export const InvokeInput = PreviewUseInput.extend({
  reason: Words,
  /** An open incident of here, in `incidentId`; or the number that it has elsewhere, or will have. */
  reference: z
    .string()
    .trim()
    .min(3, 'Use at least 3 characters.')
    .max(100, 'Use at most 100 characters.')
    .nullable()
    .default(null),
  seconds: z.int().min(60, 'Choose at least one minute.').max(longestSeconds, 'Choose at most 4 hours.'),
  isDrill: z.boolean().default(false),
  listHash: z.string().min(1).max(100),
  /** The words that show that it is meant. */
  confirmation: z.string().max(100),
  /** What the account signs in with, so that the end can be tried. Kept encrypted until then. */
  secret: z.string().min(1).max(4096).optional(),
})
  .refine(({ incidentId, reference }) => incidentId !== null || reference !== null, {
    path: ['reference'],
    message: 'Name the incident, or the ticket that is to follow.',
  })
  .refine(({ confirmation }) => confirmation.trim().toLowerCase() === confirmationWords, {
    path: ['confirmation'],
    message: `Type “${confirmationWords}”.`,
  })
export type InvokeInput = z.input<typeof InvokeInput>

const Person = z.object({ id: z.uuid(), name: z.string() })

export const UsePreview = z.object({
  subject: z.object({ kind: z.enum(['user', 'identity']), id: z.uuid(), name: z.string() }),
  rights: z.array(RightOutcome),
  /** The role, where one is taken. */
  role: z.enum(emergencyRoles).nullable(),
  impact: GrantImpact,
  /** Why it cannot be used like this; null = it can. */
  problem: z.string().nullable(),
  listHash: z.string(),
  /** Whose word is not waited for: they are told at once. */
  skipped: z.array(Person),
  /** One second person has to agree after all, and why. */
  secondPerson: z.object({ why: z.enum(exceptions), says: z.string() }).nullable(),
  /** Whether the reviews that are overdue block it: but for a new incident of severity 1 they do. */
  isBlocked: z.boolean(),
  overdue: z.array(z.object({ id: z.uuid(), name: z.string(), dueAt: z.iso.datetime() })),
  /** Open incidents that reach it. */
  incidents: z.array(z.object({ id: z.uuid(), title: z.string(), severity: z.string() })),
})
export type UsePreview = z.infer<typeof UsePreview>

export const UsedSecret = z.object({
  no: z.int(),
  identityId: z.uuid(),
  credentialId: z.uuid().nullable(),
  name: z.string(),
  why: z.string(),
  state: z.enum(secretStates),
  /** How it was settled, in words. */
  says: z.string().nullable(),
  dueAt: z.iso.datetime(),
  doneAt: z.iso.datetime().nullable(),
  doneBy: z.string().nullable(),
})
export type UsedSecret = z.infer<typeof UsedSecret>

export const Findings = z.strictObject({
  /** Whether it was needed, and why nothing else would have done. */
  necessity: Words,
  /** What was used of what was given. */
  scope: Words,
  /** What was changed with it, and whether that stays. */
  changes: Words,
  /** What follows: tickets, a right that should be asked for in the ordinary way. */
  followUp: Words,
})
export type Findings = z.infer<typeof Findings>

export const ReviewUseInput = z.strictObject({ id: z.uuid(), verdict: z.enum(verdicts), findings: Findings })
export type ReviewUseInput = z.input<typeof ReviewUseInput>

export const SettleSecretInput = z.strictObject({
  id: z.uuid(),
  no: z.int().min(1).max(100),
  state: z.enum(['rotated', 'left']),
  says: z.string().trim().min(5, 'Say how, or why not.').max(500, 'Use at most 500 characters.'),
})
export type SettleSecretInput = z.input<typeof SettleSecretInput>

export const Use = z.object({
  id: z.uuid(),
  state: z.enum(useStates),
  isDrill: z.boolean(),
  reason: z.string(),
  reference: z.string().nullable(),
  incidentId: z.uuid().nullable(),
  exception: z.enum(exceptions).nullable(),
  invoker: Person,
  subject: z.string(),
  what: z.string(),
  invokedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endsAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  alertDueAt: z.iso.datetime().nullable(),
  seenAt: z.iso.datetime().nullable(),
  seenBy: z.string().nullable(),
  escalatedAt: z.iso.datetime().nullable(),
  reviewDueAt: z.iso.datetime().nullable(),
  isOverdue: z.boolean(),
  reviewedAt: z.iso.datetime().nullable(),
  reviewer: z.string().nullable(),
  verdict: z.enum(verdicts).nullable(),
  /** Of a drill that is over: what did not go as it should; empty = it passed. Null while it goes on, and of what is no drill. */
  drillFailures: z.array(z.string()).nullable(),
  /** Secrets that it touched and that are not settled yet. */
  secretsDue: z.int(),
  now: z.iso.datetime(),
  can: z.object({ acknowledge: z.boolean(), review: z.boolean(), settle: z.boolean() }),
})
export type Use = z.infer<typeof Use>

const Deed = z.object({ at: z.iso.datetime(), what: z.string(), target: z.string(), by: z.string() })

export const UseDetail = Use.extend({
  grant: GrantDetail,
  skipped: z.array(Person),
  secrets: z.array(UsedSecret),
  findings: Findings.nullable(),
  /** What the audit trail has of it: each of these events names it. Null = the caller may not read the trail. */
  deeds: z.array(Deed).nullable(),
  /** Answers of the decision point that this access was behind, or that were about its subject meanwhile. */
  decisions: z.int().nullable(),
})
export type UseDetail = z.infer<typeof UseDetail>

export const UseQuery = z.strictObject({
  state: z.enum(useStates).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
})
export type UseQuery = z.output<typeof UseQuery>

export const UsePage = z.object({
  items: z.array(Use),
  nextCursor: z.string().nullable(),
  can: z.object({ invoke: z.boolean() }),
})
export type UsePage = z.infer<typeof UsePage>
