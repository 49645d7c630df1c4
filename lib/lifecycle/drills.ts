import { z } from 'zod'
import { drillHops, drillModes } from './engine/steps'
import { drillVerdicts } from './engine/verdicts'
import { ImpactTarget } from './schema'
import { RunState } from './values'

/** Contracts of drills: revocations that are rehearsed and timed. Instants are ISO 8601 in UTC, times are seconds. */

const Instant = z.iso.datetime().nullable()
const Name = z.object({ id: z.uuid(), name: z.string() })

/** `tabletop`: on paper, nothing is tried; `canary`: what is cut was made for the drill; `live`: what people use is cut. */
export const DrillMode = z.enum(drillModes)
export type DrillMode = z.infer<typeof DrillMode>
/** `source`: new logins; `sessions`: what was open before; `copies`: places that keep the secret, which nobody can try from here. */
export const DrillHop = z.enum(drillHops)
export type DrillHop = z.infer<typeof DrillHop>
/** `cut`: refused within the time of the hypothesis; `late`: refused after it; `leaked`: not refused while it was tried. */
export const DrillVerdict = z.enum(drillVerdicts)
export type DrillVerdict = z.infer<typeof DrillVerdict>

export const mostDrillTargets = 20
const mostKeepers = 5

/** `cohort`: of one connection so many, those first that were drilled longest ago, of these the widest blast radius first. */
const DrillTarget = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('identities'),
    ids: z.array(z.uuid()).min(1, 'Name at least one.').max(mostDrillTargets),
  }),
  z.strictObject({ kind: z.literal('cohort'), connectionId: z.uuid(), count: z.int().min(1).max(mostDrillTargets) }),
])
export type DrillTarget = z.infer<typeof DrillTarget>

const terms = {
  hops: z.array(DrillHop).min(1).max(drillHops.length),
  /** The hypothesis: access has ended so many seconds after the cut was sent. */
  withinSeconds: z.number().min(0.1).max(600),
  /** So long it is tried before it counts as leaked. */
  waitSeconds: z.int().min(1).max(600),
  /** Who must keep access. */
  keepers: z.array(z.uuid()).max(mostKeepers, `At most ${mostKeepers}.`),
  /** Stop, and take back what was cut, when one of them loses access. */
  stopsOnFalseCut: z.boolean(),
  /** Stop after so many tries in a row without an answer. */
  unansweredTries: z.int().min(1).max(20),
}

const name = z.string().trim().min(1, 'Give it a name.').max(100, 'Use at most 100 characters.')
const everyDays = z.int().min(1).max(365).nullable()

export const CreateDrillInput = z.strictObject({
  name,
  mode: DrillMode,
  target: DrillTarget,
  hops: terms.hops.default(['source', 'sessions']),
  withinSeconds: terms.withinSeconds.default(5),
  waitSeconds: terms.waitSeconds.default(30),
  keepers: terms.keepers.default([]),
  stopsOnFalseCut: terms.stopsOnFalseCut.default(true),
  unansweredTries: terms.unansweredTries.default(3),
  /** Begun by itself so often; null = only by hand. A live drill is begun by people alone. */
  everyDays: everyDays.default(null),
})
export type CreateDrillInput = z.input<typeof CreateDrillInput>

/** Only what is given changes. */
export const UpdateDrillInput = z.strictObject({
  id: z.uuid(),
  name: name.optional(),
  mode: DrillMode.optional(),
  target: DrillTarget.optional(),
  hops: terms.hops.optional(),
  withinSeconds: terms.withinSeconds.optional(),
  waitSeconds: terms.waitSeconds.optional(),
  keepers: terms.keepers.optional(),
  stopsOnFalseCut: terms.stopsOnFalseCut.optional(),
  unansweredTries: terms.unansweredTries.optional(),
  everyDays: everyDays.optional(),
})
export type UpdateDrillInput = z.input<typeof UpdateDrillInput>

const HopFigures = z.object({
  hop: DrillHop,
  /** Null while it goes on, and of a tabletop. */
  verdict: DrillVerdict.nullable(),
  /** From sending the cut to the end of the first try that was refused, with none let in after it. */
  seconds: z.number().nullable(),
  ackSeconds: z.number().nullable(),
  lastAllowedSeconds: z.number().nullable(),
  tries: z.object({ before: z.int(), after: z.int() }),
  /** Why it could not be tested. */
  why: z.string().nullable(),
})

const KeeperFigures = z.object({
  identityId: z.uuid(),
  name: z.string(),
  /** `not_testable`: no login of theirs could be tried, or it did not work before the cut. */
  verdict: z.enum(['kept', 'lost', 'not_testable']).nullable(),
  tries: z.int(),
  lostSeconds: z.number().nullable(),
})

/** What was shown, by tries alone. */
export const DrillFigures = z.object({
  /** The worst of what could be tried; null while it goes on, and of a tabletop. */
  verdict: DrillVerdict.nullable(),
  seconds: z.number().nullable(),
  isStopped: z.boolean(),
  hops: z.array(HopFigures),
  keepers: z.array(KeeperFigures),
  /** How many lost access that must keep it. */
  falseCuts: z.int(),
})
export type DrillFigures = z.infer<typeof DrillFigures>

/** One run of a drill. */
export const DrillRun = z.object({
  runId: z.uuid(),
  identity: Name,
  connector: z.string(),
  mode: DrillMode,
  state: RunState,
  startedAt: z.iso.datetime(),
  endedAt: Instant,
  /** Null before its end. */
  figures: DrillFigures.nullable(),
})
export type DrillRun = z.infer<typeof DrillRun>

export const Drill = z.object({
  id: z.uuid(),
  name: z.string(),
  mode: DrillMode,
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('identities'), identities: z.array(Name) }),
    z.object({ kind: z.literal('cohort'), connection: Name, count: z.int() }),
  ]),
  hops: z.array(DrillHop),
  withinSeconds: z.number(),
  waitSeconds: z.int(),
  keepers: z.array(Name),
  stopsOnFalseCut: z.boolean(),
  unansweredTries: z.int(),
  everyDays: z.int().nullable(),
  nextAt: Instant,
  /** Why it did not begin by itself the last time; null = nothing was in the way. */
  problem: z.string().nullable(),
  createdBy: z.string(),
  /** The latest first. */
  runs: z.array(DrillRun),
  asOf: z.iso.datetime(),
  can: z.object({ update: z.boolean(), delete: z.boolean(), start: z.boolean() }),
})
export type Drill = z.infer<typeof Drill>
export const DrillList = z.object({ items: z.array(Drill), can: z.object({ create: z.boolean() }) })
export type DrillList = z.infer<typeof DrillList>

/** What beginning it now would do. */
export const DrillPreview = z.object({
  targets: z.array(
    ImpactTarget.extend({
      /** `beside`: another secret of the same account; `account`: an account of its own on the same way; null = none is made. */
      canary: z.enum(['beside', 'account']).nullable(),
      /** What the source's makers say: seconds until a login is refused; null = nothing. */
      documentedSeconds: z.number().nullable(),
      /** Whether a session can be held open, to see when it ends. */
      holdsSessions: z.boolean(),
    }),
  ),
  /** Give it back when a live drill begins: a list that has changed in between is refused. */
  listHash: z.string(),
  /** Why a second person has to agree; null = nobody has to. */
  secondPerson: z.string().nullable(),
  asOf: z.iso.datetime(),
  can: z.object({ start: z.boolean() }),
})
export type DrillPreview = z.infer<typeof DrillPreview>

const secrets = z.array(z.strictObject({ identityId: z.uuid(), secret: z.string().min(4).max(20_000) }))

export const StartDrillInput = z.strictObject({
  id: z.uuid(),
  /** Of the preview; a live drill does not begin without it. */
  listHash: z.string().max(100).optional(),
  /** Of those who must keep access, and in a live drill of what is cut: kept encrypted, tried, and wiped with the run. */
  secrets: secrets.max(mostKeepers + mostDrillTargets).default([]),
})
export type StartDrillInput = z.input<typeof StartDrillInput>

/** What a drill's run has shown so far, beside the one before it. */
export const DrillResult = z.object({
  run: DrillRun,
  planId: z.uuid(),
  planName: z.string(),
  canary: z.enum(['beside', 'account']).nullable(),
  /** Name of the account that was made for it. */
  canaryName: z.string().nullable(),
  withinSeconds: z.number(),
  waitSeconds: z.int(),
  documentedSeconds: z.number().nullable(),
  /** When the cut was sent; the clocks run from here. */
  cutAt: Instant,
  figures: DrillFigures,
  /** The run before it of the same drill on the same account that came to an end. */
  previous: z.object({ runId: z.uuid(), at: z.iso.datetime(), figures: DrillFigures }).nullable(),
  /** Tries in the order of time, seconds counted from the cut. */
  tries: z.array(
    z.object({
      hop: z.string(),
      seconds: z.number(),
      answer: z.enum(['accepted', 'refused', 'unknown']),
      evidence: z.enum(['login', 'source', 'session']),
    }),
  ),
  asOf: z.iso.datetime(),
})
export type DrillResult = z.infer<typeof DrillResult>

/** How long cutting access took where it was measured, in the last 90 days. */
export const RevokeTime = z.object({
  connector: z.string(),
  /** The type of credential by which it was tried. */
  credentialType: z.string(),
  /** Null: so many were not refused while they were tried that it has no end. */
  p50Seconds: z.number().nullable(),
  p95Seconds: z.number().nullable(),
  drills: z.int(),
  /** Revocations at whose end a login was tried and refused. */
  revocations: z.int(),
  leaked: z.int(),
  lastAt: z.iso.datetime(),
})
export type RevokeTime = z.infer<typeof RevokeTime>

/** Of the identities with the widest blast radius: whose end of access was measured. */
export const DrillCoverage = z.object({
  /** From this blast radius on: where your organization asks for a second person. */
  fromScore: z.int(),
  days: z.int(),
  total: z.int(),
  drilled: z.int(),
  /** The widest first, at most 50; null = no live connection reads its source. */
  missing: z.array(
    z.object({
      id: z.uuid(),
      name: z.string(),
      system: z.string(),
      score: z.number(),
      connection: Name.nullable(),
      lastAt: Instant,
    }),
  ),
  times: z.array(RevokeTime),
  asOf: z.iso.datetime(),
})
export type DrillCoverage = z.infer<typeof DrillCoverage>
