import { z } from 'zod'
import { identityKinds, privileges } from '@/lib/connectors/contract'
import { OwnerKey } from '@/lib/identities/schema'
import { Evidence } from './evidence'
import { AssignmentState, Conflict, Decision, ItemLevel, Outcome, ReviewerWay, Settler, Usage } from './values'

/** The contracts of items: what is read of them, and what reviewers do. */

const Instant = z.iso.datetime().nullable()
const Reason = z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.')
const Note = z.string().trim().min(1).max(1000, 'Use at most 1000 characters.')
const NameRef = z.object({ id: z.uuid(), name: z.string() })
/** The number of an item in its campaign, from 1, by blast radius. */
const No = z.int().min(1).max(100_000_000)

/** What reducing leaves: what was used, or the scopes that are named. */
export const Reduction = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('used') }),
  z.strictObject({
    to: z.literal('chosen'),
    keep: z.array(z.strictObject({ entitlementId: z.uuid(), scopes: z.array(z.string().max(300)).max(200) })).max(100),
  }),
])
export type Reduction = z.infer<typeof Reduction>

/** One reviewer's word on one item in one stage. */
const Word = z.object({
  stage: z.int(),
  reviewer: z.object({ no: z.int(), key: z.string(), name: z.string(), way: ReviewerWay }),
  state: AssignmentState,
  decision: Decision.nullable(),
  until: Instant,
  reduction: Reduction.nullable(),
  note: z.string().nullable(),
  /** Who of the team. */
  by: z.string().nullable(),
  at: Instant,
  signedAt: Instant,
})

export const ReviewItem = z.object({
  no: z.int(),
  level: ItemLevel,
  identity: z.object({
    id: z.uuid(),
    name: z.string(),
    kind: z.enum(identityKinds),
    environment: z.string().nullable(),
  }),
  credential: NameRef.nullable(),
  /** `scopes → target`, at level entitlement. */
  entitlement: NameRef.nullable(),
  system: z.string(),
  /** The first owner as it was frozen; null = nobody. */
  owner: z.string().nullable(),
  /** Blast radius; null = not worked out. */
  score: z.number().nullable(),
  privilege: z.enum(privileges).nullable(),
  usage: Usage,
  lastUsedAt: Instant,
  recommendation: Decision,
  /** The same for items with equal evidence: only such are decided in bulk. */
  group: z.string(),
  /** Has to be decided alone. */
  isAlone: z.boolean(),
  stage: z.int(),
  outcome: Outcome.nullable(),
  outcomeUntil: Instant,
  settledBy: Settler.nullable(),
  /** The caller's assignment, or the first open one for whoever only looks; null = none. */
  mine: Word.nullable(),
  /** Who reviews it in the stage under way. */
  reviewers: z.array(z.string()),
  can: z.object({ decide: z.boolean(), certify: z.boolean(), reassign: z.boolean() }),
})
export type ReviewItem = z.infer<typeof ReviewItem>

export const ReviewItemPage = z.object({
  items: z.array(ReviewItem),
  /** Give it as `cursor` for the page after; null = this is the last. */
  nextCursor: z.string().nullable(),
  asOf: z.iso.datetime(),
})
export type ReviewItemPage = z.infer<typeof ReviewItemPage>

export const ReviewItemQuery = z.strictObject({
  /** `mine`: those that wait for the caller or were decided by them; `all`: of the whole campaign, for whoever may. */
  whose: z.enum(['mine', 'all']).default('mine'),
  /** Of one reviewer, by number (see the list of reviewers; 0 = unassignable). Only with `all`. */
  reviewer: z.coerce.number<string | number>().int().min(0).optional(),
  stage: z.coerce.number<string | number>().int().min(1).max(9).optional(),
  state: z.enum(['undecided', 'drafted', 'signed', 'open']).optional(),
  decision: Decision.optional(),
  outcome: Outcome.optional(),
  group: z.string().max(64).optional(),
  recommendation: Decision.optional(),
  identity: z.uuid().optional(),
  /** A part of the identity's name. */
  q: z.string().trim().min(1).max(100).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).default(50),
})
export type ReviewItemQuery = z.output<typeof ReviewItemQuery>

export const ReviewGroup = z.object({
  group: z.string(),
  /** What they have in common, as sentences. */
  says: z.array(z.string()),
  items: z.int(),
  open: z.int(),
  drafted: z.int(),
  isAlone: z.boolean(),
  recommendation: Decision,
  first: ReviewItem,
})
export type ReviewGroup = z.infer<typeof ReviewGroup>
export const ReviewGroupPage = z.object({ items: z.array(ReviewGroup), nextCursor: z.string().nullable() })
export type ReviewGroupPage = z.infer<typeof ReviewGroupPage>
/** The caller's own items by equal evidence, the largest group first. */
export const ReviewGroupQuery = z.strictObject({
  state: z.enum(['undecided', 'open']).default('undecided'),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).default(25),
})
export type ReviewGroupQuery = z.output<typeof ReviewGroupQuery>

export const ItemPath = z.strictObject({ id: z.uuid(), item: z.coerce.number<string | number>().int().min(1) })
export type ItemPath = z.output<typeof ItemPath>

export const ReviewItemDetail = ReviewItem.extend({
  campaign: z.object({ id: z.uuid(), name: z.string(), stage: z.int(), silenceSays: z.string(), deadlineAt: Instant }),
  /** As it was at the launch. Decisions stand on this. */
  evidence: Evidence,
  frozenAt: z.iso.datetime(),
  /** SHA-256 of the evidence as it is stored. */
  evidenceHash: z.string(),
  /** In plain words, from the frozen evidence. */
  says: z.object({
    what: z.string(),
    access: z.array(z.string()),
    usage: z.string(),
    reach: z.string(),
    credentials: z.string(),
    stops: z.array(z.string()),
    recommendation: z.array(z.string()),
  }),
  /** Of this campaign, with exactly the same access; `null` where its access is not known. */
  peers: z.object({ count: z.int(), decided: z.partialRecord(Decision, z.int()) }).nullable(),
  /** What is different now from what was frozen, as sentences. Empty = nothing; the decision stands on the frozen evidence. */
  changedSince: z.array(z.string()),
  /** It is no longer there. */
  isGone: z.boolean(),
  /** Why the caller cannot certify it; empty = they can. */
  conflicts: z.array(z.object({ conflict: Conflict, says: z.string() })),
  /** Certifying it needs a note. */
  needsNote: z.array(Decision),
  words: z.array(Word),
  /** Every act on it, newest first, undone ones too; the last 100. */
  history: z.array(
    z.object({
      at: z.iso.datetime(),
      by: z.string(),
      kind: z.enum(['decide', 'undo', 'reassign', 'delegate', 'assign', 'escalate', 'sign_off', 'silence']),
      decision: Decision.nullable(),
      note: z.string().nullable(),
      says: z.string(),
      isUndone: z.boolean(),
      /** Decided together with so many. */
      together: z.int(),
    }),
  ),
  remedy: z.object({ state: z.string(), says: z.string(), runId: z.uuid().nullable() }).nullable(),
})
export type ReviewItemDetail = z.infer<typeof ReviewItemDetail>

// What reviewers do

/** How the caller came to the decision; told by the screen, for the quality of the review. */
const Looked = z.strictObject({
  item: No,
  /** From when the item came into view to the decision. */
  seconds: z.number().min(0).max(86_400),
  /** Its evidence was opened, or stood beside it. */
  opened: z.boolean(),
})

export const mostAtOnce = 500

/** `items`: by number; more than one only of one group. `group`: all of the caller's in it that wait, and have no draft. */
const What = z
  .strictObject({
    items: z.array(No).min(1).max(mostAtOnce, `At most ${mostAtOnce} by number; give a group instead.`).optional(),
    group: z.string().min(1).max(64).optional(),
  })
  .refine(({ items, group }) => (items === undefined) !== (group === undefined), 'Give either items or a group.')

export const DecideInput = z.strictObject({
  id: z.uuid(),
  what: What,
  decision: Decision,
  /** With `certify_until`, and only with it. */
  until: z.iso.datetime().optional(),
  /** With `reduce`, and only with it; to what was used, unless told. */
  reduction: Reduction.optional(),
  note: Note.optional(),
  /** Replaces the draft of another person of the same team too. */
  replaces: z.boolean().default(false),
  looked: z.array(Looked).max(mostAtOnce).default([]),
})
export type DecideInput = z.input<typeof DecideInput>

const refusals = [
  'not_yours',
  'conflict_of_interest',
  'signed_off',
  'settled',
  'decided_by_other',
  'needs_note',
  'alone_only',
  'other_group',
  'not_found',
] as const

/** What is left for the caller in this campaign. */
const Left = z.object({ open: z.int(), drafted: z.int(), signed: z.int(), total: z.int() })

export const DecideResult = z.object({
  /** Give it to undo this act and no other; null when nothing was decided. */
  actId: z.uuid().nullable(),
  decided: z.int(),
  refused: z.int(),
  /** Why, item by item; at most 100. */
  refusals: z.array(
    z.object({ item: z.int(), code: z.enum(refusals), conflict: Conflict.nullable(), says: z.string() }),
  ),
  left: Left,
})
export type DecideResult = z.infer<typeof DecideResult>

/** The caller's latest act in the campaign that is not undone, again and again; or the one that is named. Nothing that is signed off. */
export const UndoInput = z.strictObject({ id: z.uuid(), actId: z.uuid().optional() })
export type UndoInput = z.input<typeof UndoInput>
export const UndoResult = z.object({
  actId: z.uuid(),
  /** As a sentence: what was undone. */
  says: z.string(),
  /** Items that are as they were before the act; the first 500. */
  items: z.array(z.int()),
  restored: z.int(),
  left: Left,
})
export type UndoResult = z.infer<typeof UndoResult>

export const ReassignInput = z.strictObject({
  id: z.uuid(),
  /** `all`: everything of the caller's (or of `from`) that is not signed off. */
  what: z.union([What, z.strictObject({ all: z.literal(true) })]),
  /** Another reviewer's, by number (0 = unassignable); for whoever may assign. Without it the caller's own. */
  from: z.int().min(0).optional(),
  toKey: OwnerKey,
  /** `delegate`: they decide on the caller's behalf, so what binds the caller binds them. */
  kind: z.enum(['reassign', 'delegate']).default('reassign'),
  reason: Reason,
})
export type ReassignInput = z.input<typeof ReassignInput>
export const ReassignResult = z.object({
  moved: z.int(),
  refused: z.int(),
  /** Why, by reason: `had_it_before` is a loop. */
  refusals: z.array(z.object({ conflict: Conflict, items: z.int(), says: z.string() })),
  left: Left,
})
export type ReassignResult = z.infer<typeof ReassignResult>

/** What signing off would make final. */
export const SignOffPreview = z.object({
  drafted: z.int(),
  open: z.int(),
  decisions: z.partialRecord(Decision, z.int()),
  /** What begins by it, as sentences. */
  says: z.array(z.string()),
  /** Drafts that cannot be signed off by the caller now, with the reason. */
  refusals: z.array(z.object({ conflict: Conflict, items: z.int(), says: z.string() })),
  /** Give it back: a draft that has changed since refuses the sign-off. */
  draftHash: z.string(),
  deadlineAt: Instant,
  asOf: z.iso.datetime(),
  can: z.object({ signOff: z.boolean() }),
})
export type SignOffPreview = z.infer<typeof SignOffPreview>

export const SignOffInput = z.strictObject({
  id: z.uuid(),
  draftHash: z.string().max(100),
  /** What the reviewer states with it. */
  statement: Note.optional(),
})
export type SignOffInput = z.input<typeof SignOffInput>
export const SignOff = z.object({
  id: z.uuid(),
  stage: z.int(),
  by: z.string(),
  at: z.iso.datetime(),
  items: z.int(),
  decisions: z.partialRecord(Decision, z.int()),
  statement: z.string().nullable(),
  /** SHA-256 over the decisions, as the audit log holds it too. */
  decisionsHash: z.string(),
  left: Left,
})
export type SignOff = z.infer<typeof SignOff>

// The history of an identity

export const IdentityReview = z.object({
  campaign: NameRef,
  item: z.int(),
  level: ItemLevel,
  /** The credential or entitlement, where it was about one. */
  subject: z.string().nullable(),
  outcome: Outcome.nullable(),
  until: Instant,
  settledBy: Settler.nullable(),
  settledAt: Instant,
  words: z.array(z.object({ by: z.string(), decision: Decision, note: z.string().nullable(), at: z.iso.datetime() })),
  remedy: z.string().nullable(),
})
export type IdentityReview = z.infer<typeof IdentityReview>
export const IdentityReviewPage = z.object({ items: z.array(IdentityReview), nextCursor: z.string().nullable() })
export type IdentityReviewPage = z.infer<typeof IdentityReviewPage>
export const IdentityReviewQuery = z.strictObject({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).default(25),
})
export type IdentityReviewQuery = z.output<typeof IdentityReviewQuery>
