import type { Window } from './window'

/**
 * The vocabulary of runs. A run is a list of steps, each of which is stored before it is taken; what to do next follows from what
 * is stored alone (`next-act.ts`), so that any worker can go on where another one was killed.
 */

export const runKinds = ['rotation', 'revocation', 'drill'] as const
export type RunKind = (typeof runKinds)[number]

/** `back`: what was done is taken back; `restore`: a revocation is undone within its window, because a person asked for it. */
export const directions = ['forward', 'back', 'restore'] as const
export type Direction = (typeof directions)[number]

export const stepNames = [
  // A new secret, and the end of the old one.
  'prepare',
  'window',
  'issue',
  'verify_new',
  'deliver',
  'adopt',
  'retire',
  'verify_dead',
  // The end of access.
  'cut',
  'cut_again',
  'end_sessions',
  'probe',
  'probe_again',
  'survey',
  'hold',
  'remove',
  'verify_absent',
  // The way back.
  'revive',
  'withdraw',
  'verify_withdrawn',
  'restore_former',
  'verify_old',
  'enable',
  'verify_enabled',
  // A drill looks before it cuts.
  'probe_before',
  'probe_after',
] as const
export type StepName = (typeof stepNames)[number]

/** Steps that would make a secret or an account work: never taken once a revocation has overruled the run. */
export const revivingSteps: readonly StepName[] = ['issue', 'revive', 'restore_former', 'enable']

export const endStates = ['done', 'rolled_back', 'restored', 'overruled', 'cancelled', 'given_up'] as const
export type EndState = (typeof endStates)[number]

/** What a person can say when a run needs one. */
export const choices = ['retry', 'new_secret', 'give_up', 'leave'] as const
export type Choice = (typeof choices)[number]

/** `refused`: the source said no, and nothing was done; `failed`: it may have been done or not, or the answer may still change. */
export const attemptStates = ['intended', 'done', 'refused', 'failed'] as const
export type AttemptState = (typeof attemptStates)[number]

/** `tabletop`: nothing is tried; `canary`: what is cut was made for it; `live`: what people use is cut, and switched on again. */
export const drillModes = ['tabletop', 'canary', 'live'] as const
export type DrillMode = (typeof drillModes)[number]

/** Places at which access has to end. */
export const drillHops = ['source', 'sessions', 'copies'] as const
export type DrillHop = (typeof drillHops)[number]

/** What a drill is about, frozen when it begins. */
export interface DrillTerms {
  mode: DrillMode
  /** A secret beside the real one, or an account of its own on the same way; null where nothing is made for it. */
  canary: 'beside' | 'account' | null
  /** Name and external id of that account. */
  account: { name: string; ref: string } | null
  hops: DrillHop[]
  /** The hypothesis, in seconds after the cut was sent. */
  withinSeconds: number
  /** So long it is tried before it counts as leaked. */
  waitSeconds: number
  /** Who must keep access, by external id at the same source. */
  keepers: { identityId: string; ref: string; name: string }[]
  stopsOnFalseCut: boolean
  /** So many tries without an answer end it. */
  unansweredTries: number
  /** What the source's makers say: seconds until a login is refused; null = nothing. */
  documentedSeconds: number | null
  /** Places that keep the secret; nobody tries them. */
  copies: number
}

/**
 * Another account of the same source that one program uses in turn with this one: where an account has one secret, the new secret is
 * set on the idle one, and the account that was in use is switched off in place of the old secret.
 */
export interface Twin {
  identityId: string
  /** External ids of the account and of what it signs in with. */
  ref: string
  credentialRef: string
  /** What a program signs in as. */
  name: string
  /** Of the pair: places that are written with a placeholder stay the same, whichever of the two is in use. */
  place: { id: string; name: string }
}

/** What is frozen when a run begins: what the source can do, and what was asked for. */
export interface Plan {
  kind: RunKind
  /** Whether an old and a new secret work side by side. */
  secrets: 'one' | 'two'
  /** Who makes a new secret. */
  makes: 'we' | 'source'
  /** What can be done with what is cut or replaced. */
  can: { disable: boolean; enable: boolean; remove: boolean; restore: boolean; endSessions: boolean; verify: boolean }
  /** Whether a new secret is handed to somebody, and has to be taken by them before the old one ends. */
  delivers: boolean
  /** Seconds for which both secrets work after the new one was handed over. */
  overlapSeconds: number
  /** Seconds for which what was cut can be brought back. */
  holdSeconds: number
  /** Whether sessions are ended that were opened before. */
  endsSessions: boolean
  /** Whether what was cut is removed for good at the end. */
  removes: boolean
  /** A login must be refused within so many seconds; what was issued earlier may go on for so many more (`null`: without end). */
  refusedWithinSeconds: number
  residualSeconds: number | null
  /** When a change may begin, in ms since 1970; absent = at once. */
  notBefore?: number
  /** A new secret is made, and an old one ended, only while it is open; absent = at any time. */
  window?: Window
  /** The old secret ends only when it was not used for so long, where the source says when it was; absent = it is not asked. */
  quietSeconds?: number
  /** Other runs on the account were open when this was asked for: it is cut again when they have ended. */
  outlives: boolean
  /** After the cut it is looked what is left of it: what was granted, and who keeps the secret. Absent = it is not. */
  surveys?: boolean
  /** The idle account that takes over. Only with `secrets: 'two'`. */
  twin?: Twin
  /** Of a drill. */
  drill?: DrillTerms
}

export interface Attempt {
  step: StepName
  /** Counts up within a step. */
  attempt: number
  /** Which new secret: counts up when one is made anew. */
  generation: number
  state: AttemptState
  /** ms since 1970. */
  at: number
  endedAt: number | null
  /** Of a refusal or failure. */
  code?: string
  /** A person left it as it was. */
  isLeft?: boolean
}

/** All that the next act follows from. */
export interface Facts {
  plan: Plan
  direction: Direction
  /** In the order in which they were begun. */
  attempts: readonly Attempt[]
  /** ms since 1970. */
  now: number
  isCancelAsked: boolean
  /** A revocation of the same account has been asked for since. */
  isOverruled: boolean
  restore: { rotatesFirst: boolean } | null
  /** The last word of a person, and how many attempts there were then: clocks of two machines may differ. */
  choice: { take: Choice; step: StepName; after: number } | null
  /** What would bring the former state back, as far as the source gave it. */
  holdsFormer: boolean
  /** When the new secret was taken; null = not yet. `isOver`: it can no longer be taken. */
  delivery: { at: number | null; isOver: boolean }
  /** Open runs on the same account that began before this. */
  earlierOpen: number
}

export type Act =
  | {
      do: 'step'
      step: StepName
      attempt: number
      generation: number
      /** The intent stands already: a worker died before it could say what came of it. */
      isResumed: boolean
      /** False: only look whether it was done. */
      mayAct: boolean
    }
  /** A waiting step is over, or a person leaves a step as it is. */
  | { do: 'mark'; step: StepName; isLeft: boolean }
  | { do: 'wait'; until: number | null; step: StepName; for: 'time' | 'retry' | 'delivery' | 'other_run' }
  | { do: 'park'; step: StepName; why: ParkReason; choices: Choice[] }
  | { do: 'turn'; to: 'back' | 'restore'; why: 'cancelled' | 'given_up' | 'failed' | 'asked' }
  | { do: 'end'; as: EndState }

export const parkReasons = [
  'refused',
  'no_answer',
  'secret_refused',
  'new_secret_fails',
  'not_taken',
  'still_allowed',
  'still_used',
  'no_way_back',
] as const
export type ParkReason = (typeof parkReasons)[number]
