import { z } from 'zod'
import { IdentityFilter } from '@/lib/identities/filters'
import { Credential, Identity, OwnerDuty, OwnerKey, Ownership } from '@/lib/identities/schema'

const Reason = z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.')
const Instant = z.iso.datetime()
const Named = z.object({ id: z.uuid(), name: z.string() })

// The timeline of one identity

export const OwnerAssertion = Ownership.extend({
  attestedBy: z.string().nullable(),
  endedAt: Instant.nullable(),
  /** `withdrawn`: its source no longer says so; `left`, `disabled`, `team_deleted`: the owner went; `lapsed`: its day passed. */
  endedReason: z.string().nullable(),
  endedBy: z.string().nullable(),
  endedNote: z.string().nullable(),
})
export type OwnerAssertion = z.infer<typeof OwnerAssertion>

export const OwnerTimeline = z.object({
  /** The latest first, at most 500. */
  items: z.array(OwnerAssertion),
  hasMore: z.boolean(),
  /** The ids of the live assertions that disagree. */
  conflict: z.array(z.uuid()),
  attestEveryDays: z.int(),
  /** `attest`: one of the live assertions is the caller's own. */
  can: z.object({ confirmOwner: z.boolean(), attest: z.boolean() }),
  asOf: Instant,
})
export type OwnerTimeline = z.infer<typeof OwnerTimeline>

export const ChooseOwnerInput = z.strictObject({
  identityId: z.uuid(),
  /** The claim that is right; the other claims to its duty end. */
  ownershipId: z.uuid(),
  reason: Reason.optional(),
})
export type ChooseOwnerInput = z.input<typeof ChooseOwnerInput>

// Selections

export const CreateSelectionInput = z.strictObject({ filter: IdentityFilter })
export type CreateSelectionInput = z.output<typeof CreateSelectionInput>

export const IdentitySelection = z.object({ id: z.uuid(), count: z.int(), expiresAt: Instant })
export type IdentitySelection = z.infer<typeof IdentitySelection>

// Changes of many at once

/** The most identities that are named one by one; more are a selection. */
export const mostIds = 200

const target = {
  ids: z.array(z.uuid()).min(1).max(mostIds).optional(),
  /** Instead of `ids`: all identities of a selection. */
  selectionId: z.uuid().optional(),
}

/**
 * `assign` names an owner. The others are about ownerships of the caller or a team of theirs: `attest` says that they still
 * hold, `transfer` hands them over, `release` ends them ("not mine").
 */
export const OwnerChange = z
  .discriminatedUnion('change', [
    z.strictObject({
      change: z.literal('assign'),
      ...target,
      ownerKey: OwnerKey,
      duty: OwnerDuty.default('technical'),
      /** When it lapses; empty: until it is ended. */
      validUntil: Instant.optional(),
      reason: Reason.optional(),
    }),
    z.strictObject({ change: z.literal('attest'), ...target }),
    z.strictObject({ change: z.literal('transfer'), ...target, ownerKey: OwnerKey, reason: Reason }),
    z.strictObject({ change: z.literal('release'), ...target, reason: Reason }),
  ])
  .refine(({ ids, selectionId }) => (ids === undefined) !== (selectionId === undefined), {
    error: 'Give either ids or a selectionId.',
    path: ['ids'],
  })
export type OwnerChange = z.input<typeof OwnerChange>
export type OwnerChangeKind = OwnerChange['change']

/** At most 10 samples. */
const Effect = z.object({ count: z.int(), samples: z.array(Named) })

export const OwnerChangeEffects = z.object({
  /** Whom an assignment or a transfer is for. */
  ownerLabel: z.string().nullable(),
  /** When what an assignment names lapses. */
  validUntil: Instant.nullable(),
  changes: Effect,
  /** Are so already. */
  already: Effect,
  /** Stay as they are, by reason. */
  refused: z.array(Effect.extend({ reason: z.string() })),
})
export type OwnerChangeEffects = z.infer<typeof OwnerChangeEffects>

export const AppliedOwnerChange = OwnerChangeEffects.extend({
  id: z.uuid(),
  /** Until then it can be taken back. */
  undoUntil: Instant,
})
export type AppliedOwnerChange = z.infer<typeof AppliedOwnerChange>

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.input<typeof ById>

export const RestoredOwners = z.object({
  restored: z.int(),
  /** Were changed by somebody since and stay as they are. */
  refused: z.int(),
})
export type RestoredOwners = z.infer<typeof RestoredOwners>

// Changes that run in the background

/** A change of more identities than one request carries out. What it has changed stays changed, however it ends. */
export const OwnerChangeRun = z.object({
  id: z.uuid(),
  /** `restore` takes another change back. */
  change: z.enum(['assign', 'attest', 'transfer', 'release', 'restore']),
  status: z.enum(['queued', 'running', 'done', 'cancelled', 'failed']),
  /** Somebody asked it to stop; it does after its batch. */
  isCancelling: z.boolean(),
  ownerLabel: z.string().nullable(),
  /** When what an assignment names lapses. */
  validUntil: Instant.nullable(),
  /** How many identities it is about, and how many it has looked at; these changed, were so already, or stay as they are. */
  total: z.int(),
  done: z.int(),
  changed: z.int(),
  already: z.int(),
  refused: z.array(z.object({ reason: z.string(), count: z.int() })),
  startedBy: z.string(),
  /** The caller began it: they alone can take it back. */
  isYours: z.boolean(),
  /** Who asked it to stop. */
  stoppedBy: z.string().nullable(),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  /** When its numbers were written. */
  updatedAt: Instant,
  finishedAt: Instant.nullable(),
  /** Why it failed. */
  error: z.string().nullable(),
  /** Until then it can be taken back; null while it is under way, and where nothing was changed. */
  undoUntil: Instant.nullable(),
  undoneAt: Instant.nullable(),
  can: z.object({ cancel: z.boolean(), undo: z.boolean() }),
})
export type OwnerChangeRun = z.infer<typeof OwnerChangeRun>
export const OwnerChangeRunList = z.object({
  items: z.array(OwnerChangeRun),
  /** The caller sees those of others too. */
  isOfAll: z.boolean(),
})
export type OwnerChangeRunList = z.infer<typeof OwnerChangeRunList>

// What is mine

export const MyOwnershipQuery = z.strictObject({
  /** Only those to attest. */
  due: z.enum(['true', 'false']).optional(),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(200).optional(),
})
export type MyOwnershipQuery = z.output<typeof MyOwnershipQuery>

export const MyOwnership = z.object({
  ownership: Ownership,
  identity: Identity,
  attestation: z.enum(['never', 'due', 'soon', 'fresh']),
})
export type MyOwnership = z.infer<typeof MyOwnership>

export const MyOwnershipPage = z.object({
  items: z.array(MyOwnership),
  nextCursor: z.string().nullable(),
  /** Ownerships of the caller and their teams, and how many of them are to be attested now. */
  total: z.int(),
  due: z.int(),
  attestEveryDays: z.int(),
  asOf: Instant,
})
export type MyOwnershipPage = z.infer<typeof MyOwnershipPage>

// Those who left

export const departureReasons = ['left', 'disabled', 'team_deleted'] as const

export const Departure = z.object({
  /** Whose ownerships end. */
  label: z.string(),
  /** How many ownerships end, and how many identities nobody answers for then. */
  ended: z.int(),
  unowned: z.int(),
  samples: z.array(Named),
  /** Who is asked to take over; `to` null = administrators and the security team. */
  tasks: z.array(z.object({ to: z.string().nullable(), identities: z.int() })),
  /** Teams that have no active member then, and what they own. */
  emptyTeams: z.array(z.object({ name: z.string(), identities: z.int() })),
  /** The keys of those to whom nothing can be handed over: the leaver, and teams that have no other active member. */
  cannotTakeOver: z.array(z.string()),
  /** Credentials that they could have read; `unknown`: places of which nobody knows what they hold. */
  secrets: z.int(),
  unknown: z.int(),
  isLastAdmin: z.boolean(),
})
export type Departure = z.infer<typeof Departure>

/** What goes with a departure: who takes over, or why nobody does. */
export const departureChoice = {
  /** Takes over what nobody else answers for. */
  handOverTo: OwnerKey.optional(),
  reason: Reason.optional(),
}

export const TaskQuery = z.strictObject({ state: z.enum(['open', 'done']).optional() })
export type TaskQuery = z.output<typeof TaskQuery>

export const OwnershipTask = z.object({
  id: z.uuid(),
  from: z.string(),
  reason: z.enum(departureReasons),
  note: z.string().nullable(),
  /** null = administrators and the security team. */
  to: z.string().nullable(),
  /** Addressed to the caller or a team of theirs. */
  isYours: z.boolean(),
  state: z.enum(['open', 'done']),
  identities: z.int(),
  /** Those that nobody answers for yet. */
  open: z.int(),
  secrets: z.int(),
  unknown: z.int(),
  openedAt: Instant,
  doneAt: Instant.nullable(),
})
export type OwnershipTask = z.infer<typeof OwnershipTask>
export const OwnershipTaskList = z.object({ items: z.array(OwnershipTask), hasMore: z.boolean() })
export type OwnershipTaskList = z.infer<typeof OwnershipTaskList>

export const DepartureSecret = z.object({
  id: z.uuid(),
  /** `owned`: of an identity that they owned; `team`: that a team of theirs owns; `store`: kept where those may read. */
  route: z.enum(['owned', 'team', 'store']),
  /** null = what is there is not known. */
  credential: Credential.pick({ id: true, name: true, type: true, lastFour: true, status: true }).nullable(),
  identity: Named.nullable(),
  store: Named.nullable(),
})
export type DepartureSecret = z.infer<typeof DepartureSecret>

export const OwnershipTaskDetail = OwnershipTask.extend({
  /** The first 100 that nobody answers for yet and the caller may see. */
  identityItems: z.array(Named),
  /** The first 200 that the caller may see. */
  secretItems: z.array(DepartureSecret),
})
export type OwnershipTaskDetail = z.infer<typeof OwnershipTaskDetail>
