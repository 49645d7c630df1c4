import { z } from 'zod'
import { endStates, runKinds } from './engine/steps'

/** The closed lists of values that contracts are made of. */

export const RunKind = z.enum(runKinds)
export type RunKind = z.infer<typeof RunKind>

/** `waiting`: for a time, a person who takes the secret, or another try; `parked`: it needs a person to decide. */
export const runStates = ['queued', 'running', 'waiting', 'parked', ...endStates] as const
export const RunState = z.enum(runStates)
export type RunState = z.infer<typeof RunState>

/**
 * What has been shown about the access that a run is about, never what was asked for: `refused`: a login was tried and refused;
 * `source_says_off`: nothing could be tried, the source itself says that it is off; `absent`: the source has it no more;
 * `source_says_on`: it was switched on again, and only the source says so; `acknowledged`: the source said that it did it, nothing more is known; `accepted`: a login works (again).
 */
export const RunEffect = z.enum([
  'none',
  'still_allowed',
  'acknowledged',
  'source_says_off',
  'source_says_on',
  'refused',
  'absent',
  'accepted',
  'unknown',
])
export type RunEffect = z.infer<typeof RunEffect>

/** `dormant`: it is there still, and opens nothing: a grant of an account that is off, a copy of a secret that is refused. */
export const hopStates = [
  'open',
  'sent',
  'acknowledged',
  'refused',
  'source_says_off',
  'source_says_on',
  'already_absent',
  'dormant',
  'still_allowed',
  'accepted',
  'not_testable',
] as const
export const HopState = z.enum(hopStates)
export type HopState = z.infer<typeof HopState>

/** How something is known: `login`: it was tried; `source`: the source was asked; `session`: an open session was looked at; `place`: a place that keeps secrets was read. */
export const Evidence = z.enum(['login', 'source', 'session', 'place'])
export type Evidence = z.infer<typeof Evidence>

/** Refusals of the normal path, and what only warns. */
export const problemKinds = [
  'own_credential',
  'last_administrator',
  'break_glass',
  'no_connection',
  'no_right',
  'cannot',
  'gone',
  'run_open',
  'being_revoked',
] as const
export const OrderState = z.enum(['waiting', 'released', 'rejected', 'expired', 'withdrawn', 'done'])
export type OrderState = z.infer<typeof OrderState>

/** What revoking means at this system, in its own words. */
export const Semantics = z.object({
  disable: z.string(),
  delete: z.string(),
  openSessions: z.object({ goOn: z.boolean(), says: z.string() }),
  residualSeconds: z.number().nullable(),
  refusedWithinSeconds: z.number(),
  enablingRevives: z.object({ does: z.boolean(), says: z.string() }),
  twoSecrets: z.object({ can: z.boolean(), says: z.string() }),
  undo: z.string(),
  source: z.string(),
})
export type Semantics = z.infer<typeof Semantics>

export const TargetProblem = z.object({ kind: z.enum(problemKinds), says: z.string() })
export type TargetProblem = z.infer<typeof TargetProblem>

/** What hangs on a target beside who is signed in. */
export const hanging = {
  /** What it is granted itself, by the inventory; null of one credential, and where many are asked about. */
  granted: z.object({ groups: z.array(z.string()), groupCount: z.int(), rights: z.int() }).nullable(),
  /** The account that one program uses in turn with it. */
  twin: z.object({ identityId: z.uuid(), name: z.string(), isInUse: z.boolean() }).nullable(),
  /** Where its secret was handed over to, and is kept; whether it can be looked there from here. */
  copies: z.array(z.object({ title: z.string(), isReadable: z.boolean() })),
}
