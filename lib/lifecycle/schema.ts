import { z } from 'zod'
import { Delivery } from './delivery'
import { attemptStates, choices, directions, parkReasons, stepNames } from './engine/steps'
import {
  Evidence,
  HopState,
  hanging,
  OrderState,
  RunEffect,
  RunKind,
  RunState,
  runStates,
  Semantics,
  TargetProblem,
} from './values'

// The screens take the whole contract from here.
export { RevealedSecret, SecretLink } from './delivery'
export { type Reappearance, RunEvent, RunEventQuery } from './history'
export { Evidence, HopState, OrderState, RunEffect, RunKind, RunState, TargetProblem } from './values'

/** Instants are ISO 8601 in UTC. */
const Instant = z.iso.datetime().nullable()
const Reason = z.string().trim().min(1, 'Say why.').max(500, 'Use at most 500 characters.')

/** What an order is about: an identity as a whole, or one of its credentials. */
export const OrderTarget = z.strictObject({ identityId: z.uuid(), credentialId: z.uuid().nullable().default(null) })
export type OrderTarget = z.infer<typeof OrderTarget>

export const ImpactTarget = z.object({
  identityId: z.uuid(),
  credentialId: z.uuid().nullable(),
  name: z.string(),
  credentialName: z.string().nullable(),
  system: z.string(),
  systemTitle: z.string(),
  environment: z.string().nullable(),
  owner: z.string().nullable(),
  connectionId: z.uuid().nullable(),
  connectionName: z.string().nullable(),
  /** Blast radius, 0 to 100; null = not worked out. */
  score: z.number().nullable(),
  lastUsedAt: Instant,
  neverUsed: z.boolean(),
  /** Open sessions, asked of the source now; null = it could not be asked, `sessionsSay` tells why. */
  sessions: z
    .object({
      count: z.int(),
      shown: z.array(
        z.object({ from: z.string().optional(), program: z.string().optional(), since: z.string().optional() }),
      ),
      blindSpots: z.string().nullable(),
    })
    .nullable(),
  sessionsSay: z.string().nullable(),
  /** Where its secrets are kept, and where they were seen. */
  stores: z.array(z.object({ id: z.uuid(), name: z.string() })),
  storeCount: z.int(),
  sightingCount: z.int(),
  ...hanging,
  /** Why it is refused; an order with any such target is refused as a whole. */
  problems: z.array(TargetProblem),
  semantics: Semantics.nullable(),
  /** What will be done, in order, as sentences. */
  steps: z.array(z.string()),
  /** What can be shown afterwards: `login`: a login can be tried, if somebody gives the secret; `source`: the source can be asked. */
  proof: z.enum(['login', 'source', 'none']),
})
export type ImpactTarget = z.infer<typeof ImpactTarget>

const impact = {
  targets: z.array(ImpactTarget),
  /** Give it back with the order: a list that has changed in between is refused. */
  listHash: z.string(),
  /** The highest score among them; null when none is known. */
  highestScore: z.number().nullable(),
  /** Why a second person has to agree; null = nobody has to. */
  secondPerson: z.string().nullable(),
  asOf: z.iso.datetime(),
  can: z.object({ request: z.boolean() }),
}
export const RevocationPreview = z.object({
  ...impact,
  /** Of an agent: what it acts by and others do too. Not in the list, as they would be cut off with it. */
  shared: z.array(
    z.object({ identityId: z.uuid(), credentialId: z.uuid().nullable(), name: z.string(), others: z.int() }),
  ),
})
export type RevocationPreview = z.infer<typeof RevocationPreview>

/** So many accounts may be in one order. */
export const mostTargets = 1000
const targets = z.array(OrderTarget).min(1, 'Name at least one.').max(mostTargets, `At most ${mostTargets} at once.`)

/** What a preview is of: a list; all that matched a filter, as the server keeps it; or all that an AI agent alone acts by. */
const scopeShape = { targets: targets.optional(), selectionId: z.uuid().optional(), agentId: z.uuid().optional() }
const isOne = (scope: object) => Object.values(scope).filter((part) => part !== undefined).length === 1
export const PreviewRevocationInput = z
  .strictObject(scopeShape)
  .refine(isOne, 'Give either targets, a selectionId or an agentId.')
export type PreviewRevocationInput = z.input<typeof PreviewRevocationInput>

/** Hours for which what was cut off can be switched on again. */
const restoreHours = z.int().min(0).max(720)

export const RequestRevocationInput = z.strictObject({
  targets,
  listHash: z.string().max(100),
  reason: Reason,
  /** It leaked: goes before all planned work. */
  isEmergency: z.boolean().default(false),
  endSessions: z.boolean().default(true),
  /** Delete it at the source when the restore window is over. */
  removes: z.boolean().default(false),
  restoreHours: restoreHours.optional(),
  /** The leaked secret, if at hand: kept encrypted, tried after the cut, and wiped with the run. Only for one target. */
  secret: z.string().min(4).max(20_000).optional(),
})
export type RequestRevocationInput = z.input<typeof RequestRevocationInput>

export const RotationPreview = z.object({
  ...impact,
  targets: z.array(
    ImpactTarget.extend({
      /** Whether old and new work side by side; if not, everything that holds the old one fails until it has the new one. */
      mode: z.enum(['overlap', 'window']),
      canRestore: z.boolean(),
    }),
  ),
})
export type RotationPreview = z.infer<typeof RotationPreview>

const { agentId: _, ...listShape } = scopeShape
export const PreviewRotationInput = z.strictObject(listShape).refine(isOne, 'Give either targets or a selectionId.')
export type PreviewRotationInput = z.input<typeof PreviewRotationInput>

export const RequestRotationInput = z.strictObject({
  targets,
  listHash: z.string().max(100),
  reason: Reason,
  delivery: Delivery,
  /** Hours for which both work after the new one was taken. Nothing where only one works at a time. */
  overlapHours: z.number().min(0).max(720).default(24),
  /** Hours for which the old one can be brought back. */
  holdHours: z.number().min(0).max(720).default(24),
  endSessions: z.boolean().default(false),
  removes: z.boolean().default(true),
  notBefore: z.iso.datetime().optional(),
  /** How many at once; a wave begins when all of the one before ended well, and none does after a failure. */
  waveSize: z.int().min(1).max(500).optional(),
  /** The old secret, if at hand: kept encrypted, tried when it should be dead, and wiped with the run. Only for one target. */
  secret: z.string().min(4).max(20_000).optional(),
})
export type RequestRotationInput = z.input<typeof RequestRotationInput>

const Name = z.object({ id: z.uuid(), name: z.string() })

/** One row of a list of runs. */
export const RunSummary = z.object({
  id: z.uuid(),
  orderId: z.uuid(),
  kind: RunKind,
  state: RunState,
  direction: z.enum(directions),
  effect: RunEffect,
  /** One sentence for people: what has been shown so far. */
  headline: z.string(),
  tone: z.enum(['good', 'bad', 'busy', 'quiet', 'attention']),
  isEmergency: z.boolean(),
  identity: Name,
  credential: Name.nullable(),
  system: z.string(),
  connection: Name,
  requestedBy: z.string(),
  reason: z.string(),
  wave: z.int(),
  step: z.enum(stepNames).nullable(),
  createdAt: z.iso.datetime(),
  endedAt: Instant,
  /** When something happens next by itself. */
  wakeAt: Instant,
  restoreUntil: Instant,
  /** Seconds from the request to the first act at the source, and to the proof; null = not yet. */
  firstActSeconds: z.number().nullable(),
  verifiedSeconds: z.number().nullable(),
})
export type RunSummary = z.infer<typeof RunSummary>

export const RunPage = z.object({
  items: z.array(RunSummary),
  nextCursor: z.string().nullable(),
  asOf: z.iso.datetime(),
})
export type RunPage = z.infer<typeof RunPage>

export const RunQuery = z.strictObject({
  kind: RunKind.optional(),
  /** `open`: not ended. */
  state: z.enum(['open', ...runStates]).optional(),
  identity: z.uuid().optional(),
  order: z.uuid().optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).default(50),
})
export type RunQuery = z.output<typeof RunQuery>

export const RunStep = z.object({
  step: z.enum(stepNames),
  title: z.string(),
  /** `ahead`: still to come. */
  state: z.enum([...attemptStates, 'ahead', 'waiting', 'left']),
  attempts: z.array(
    z.object({
      attempt: z.int(),
      state: z.enum(attemptStates),
      at: z.iso.datetime(),
      endedAt: Instant,
      says: z.string().nullable(),
      code: z.string().nullable(),
    }),
  ),
})
export type RunStep = z.infer<typeof RunStep>

export const RunHop = z.object({
  hop: z.string(),
  title: z.string(),
  state: HopState,
  evidence: Evidence.nullable(),
  says: z.string().nullable(),
  sentAt: Instant,
  ackedAt: Instant,
  provedAt: Instant,
  /** Until then something that was issued before may go on working. */
  residualUntil: Instant,
  expectedSeconds: z.number().nullable(),
})
export type RunHop = z.infer<typeof RunHop>

export const RunProbe = z.object({
  id: z.uuid(),
  hop: z.string(),
  at: z.iso.datetime(),
  tookMs: z.int(),
  phase: z.enum(['before', 'during', 'after']),
  answer: z.enum(['accepted', 'refused', 'unknown']),
  evidence: Evidence,
  says: z.string(),
})
export type RunProbe = z.infer<typeof RunProbe>

export const RunDetail = RunSummary.extend({
  steps: z.array(RunStep),
  hops: z.array(RunHop),
  /** The latest 200, newest first. */
  probes: z.array(RunProbe),
  semantics: Semantics.nullable(),
  /** Why it needs a person and what they can say; null while it needs nobody. */
  needs: z
    .object({
      why: z.enum(parkReasons),
      step: z.enum(stepNames),
      says: z.string(),
      choices: z.array(z.object({ choice: z.enum(choices), title: z.string(), says: z.string() })),
    })
    .nullable(),
  /** The link to a new secret; whoever it names opens it with `revealSecret`. */
  link: z
    .object({
      id: z.uuid(),
      userId: z.uuid(),
      userName: z.string(),
      expiresAt: z.iso.datetime(),
      openedAt: Instant,
      isMine: z.boolean(),
    })
    .nullable(),
  /** Which secrets are held encrypted at this moment, and why. */
  held: z.array(z.object({ purpose: z.string(), says: z.string() })),
  lastEvent: z.int(),
  /** The server's clock; countdowns are counted from it. */
  asOf: z.iso.datetime(),
  /** The idle account that takes over. */
  twin: Name.nullable(),
  /** An old and a new secret work at this moment: who uses which can be asked. */
  overlaps: z.boolean(),
  can: z.object({ cancel: z.boolean(), restore: z.boolean(), resolve: z.boolean(), endHold: z.boolean() }),
})
export type RunDetail = z.infer<typeof RunDetail>

const describing = { credentialName: true, system: true, owner: true, score: true } as const
export const Order = z.object({
  id: z.uuid(),
  kind: RunKind,
  state: OrderState,
  reason: z.string(),
  isEmergency: z.boolean(),
  targetCount: z.int(),
  /** How many at once, null = all; the wave that goes now, and how many there are. */
  waveSize: z.int().nullable(),
  wave: z.int(),
  waves: z.int(),
  policy: z.object({ id: z.uuid(), name: z.string(), version: z.int() }).nullable(),
  /** The exact list that approvals are bound to; in a page of orders its first 100. */
  targets: z.array(ImpactTarget.pick({ identityId: true, credentialId: true, name: true, ...describing })),
  listHash: z.string(),
  highestScore: z.number().nullable(),
  secondPerson: z.string().nullable(),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
  expiresAt: Instant,
  approvals: z.array(
    z.object({
      name: z.string(),
      verdict: z.enum(['approved', 'rejected']),
      note: z.string().nullable(),
      at: z.iso.datetime(),
    }),
  ),
  problem: z.string().nullable(),
  runs: z.array(RunSummary),
  asOf: z.iso.datetime(),
  /** Of the runs, by state. */
  counts: z.record(z.string(), z.int()),
  can: z.object({ approve: z.boolean(), reject: z.boolean(), withdraw: z.boolean() }),
})
export type Order = z.infer<typeof Order>
export const OrderPage = z.object({ items: z.array(Order), nextCursor: z.string().nullable() })
export type OrderPage = z.infer<typeof OrderPage>
export const OrderQuery = z.strictObject({
  state: OrderState.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number<string | number>().int().min(1).max(100).default(25),
})
export type OrderQuery = z.output<typeof OrderQuery>

export const ById = z.strictObject({ id: z.uuid() })
export type ById = z.infer<typeof ById>

export const ApproveOrderInput = z.strictObject({
  id: z.uuid(),
  /** Of the list that the approver saw. */
  listHash: z.string().max(100),
  verdict: z.enum(['approved', 'rejected']),
  note: z.string().trim().max(500).optional(),
})
export type ApproveOrderInput = z.input<typeof ApproveOrderInput>

export const CancelRunInput = z.strictObject({ id: z.uuid(), reason: Reason })
export type CancelRunInput = z.input<typeof CancelRunInput>

export const RestoreRunInput = z.strictObject({
  id: z.uuid(),
  reason: Reason,
  /** With a new secret first, because switching on makes the old one work again. Needs somebody who takes it. */
  rotatesFirst: z.boolean().default(false),
  revealTo: z.uuid().optional(),
})
export type RestoreRunInput = z.input<typeof RestoreRunInput>

export const ResolveRunInput = z.strictObject({ id: z.uuid(), choice: z.enum(choices), reason: Reason })
export type ResolveRunInput = z.input<typeof ResolveRunInput>

export const LifecycleSettings = z.object({
  /** From this blast radius on a second person has to agree. */
  secondPersonScore: z.int().min(0).max(101),
  /** And for more than so many at once. */
  secondPersonCount: z.int().min(1).max(50),
  restoreHours: z.int().min(0).max(720),
  linkMinutes: z.int().min(5).max(10_080),
  can: z.object({ update: z.boolean() }),
})
export type LifecycleSettings = z.infer<typeof LifecycleSettings>

/** Only what is given changes. */
export const UpdateSettingsInput = z.strictObject({
  secondPersonScore: LifecycleSettings.shape.secondPersonScore.optional(),
  secondPersonCount: LifecycleSettings.shape.secondPersonCount.optional(),
  restoreHours: LifecycleSettings.shape.restoreHours.optional(),
  linkMinutes: LifecycleSettings.shape.linkMinutes.optional(),
})
export type UpdateSettingsInput = z.input<typeof UpdateSettingsInput>
