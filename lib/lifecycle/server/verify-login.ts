import type { LiveConnection, LiveConnector } from '@/lib/connectors/live-connector'
import type { HeldSession, LiveSubject, Target } from '@/lib/connectors/live-contract'
import { LiveError, type LiveErrorCode } from '@/lib/connectors/live-error'
import type { Secret } from '@/lib/connectors/secret'
import type { Plan, StepName } from '../engine/steps'
import type { Evidence, HopState, RunEffect } from '../schema'

/** What a step is about, read from what is stored when it is taken. */
export interface StepOrder {
  step: StepName
  plan: Plan
  /** The account, and what of it. */
  identityRef: string
  credentialRef: string | null
  /** Whose hands act: the identity's as a whole, or those of one type of credential. */
  subject: LiveSubject
  /** Where new secrets are made: the type of credential that the account signs in with. */
  secretSubject: LiveSubject
  /** It was begun before, by a worker that died or without an answer: look first whether it was done. */
  isAgain: boolean
  /** When it was begun first, in ms since 1970. */
  begunAt: number
  /** When a new secret was asked for first; the moment itself where none was. */
  askedAt: number
  mayAct: boolean
  /** What is held, each only as long as it is needed. */
  held: { fresh?: Secret; old: readonly Secret[] } & { [Purpose in Kept['purpose']]?: Secret }
  /** External ids of the credentials that were there before a new one was made; null = the source could not be looked through. */
  known: readonly string[] | null
  /** External id of the new credential, when it is known. */
  fresh: string | null
  /** What was found left of it after the cut. */
  left?: readonly Pick<HopChange, 'hop' | 'title'>[]
  drill?: DrillHeld
}

/** What a step of a drill is given beside that. */
export interface DrillHeld {
  /** External id of the account that the drill is about, also where another one is cut in its place. */
  like: string
  /** Secrets of those who must keep access, by their places in the plan. */
  keep: ReadonlyMap<number, Secret>
  /** Those of them who got in before the cut. */
  keptBefore: readonly number[]
}

/** What a worker has at hand for a step. */
export interface Tools {
  connector: Pick<LiveConnector, 'semantics' | 'propose'>
  connection: LiveConnection
  signal: AbortSignal
  /** ms since 1970. */
  now: () => number
  probe: (probe: Probe) => void
  /** Stores what will take an act back, before it is done. What is stored already stays. */
  keep: (kept: Kept) => Promise<void>
  /** Looks at each place that is known to keep the secret. */
  lookAtCopies?: () => Promise<HopChange[]>
  /** What this worker holds open from one step to the next, and loses when it dies. */
  holder?: { session?: HeldSession }
}

export interface Kept {
  /** `idle`: what switches on a twin that is off. */
  purpose: 'former' | 'disabled' | 'removed' | 'idle'
  secret: Secret
}

export interface Probe {
  hop: string
  at: number
  tookMs: number
  phase: 'before' | 'during' | 'after'
  answer: 'accepted' | 'refused' | 'unknown'
  evidence: Evidence
  says: string
}

export interface HopChange {
  hop: string
  title: string
  state: HopState
  evidence?: Evidence
  says: string
  residualSeconds?: number | null
}

/** What came of it; stored in one transaction with whatever follows from it. */
export interface Outcome {
  state: 'done' | 'refused' | 'failed'
  code?: LiveErrorCode | StepCode
  says: string
  result?: {
    credential?: string | null
    known?: string[] | null
    ended?: number | 'unknown'
    did?: 'done' | 'already'
    kept?: number[]
  }
  keep?: { purpose: 'new' | Kept['purpose']; secret: Secret }[]
  hops?: HopChange[]
  effect?: RunEffect
}

/** Codes of our own beside those of the source. */
export type StepCode =
  | 'still_allowed'
  | 'not_testable'
  | 'not_yet'
  | 'overruled'
  | 'unclear'
  | 'disabled'
  | 'gone'
  | 'aborted'
  | 'leaked'
  | 'still_used'

export type TakeStep = (order: StepOrder, tools: Tools) => Promise<Outcome>

/** Whether it is about the account, not one of its credentials. */
export const isWhole = ({ credentialRef, subject }: StepOrder) => credentialRef === null || subject === 'identity'

export const targetOf = ({ identityRef }: StepOrder, credential: string | null): Target =>
  credential === null ? { identity: identityRef } : { identity: identityRef, credential }

/** A target with what the hand calls before it acts: the worker may not live to hand over what the source gave. */
export const keeping = (target: Target, tools: Tools, purpose: Kept['purpose']) => ({
  target,
  keep: (secret: Secret) => tools.keep({ purpose, secret }),
})

/** The hand that a plan relies on. @throws LiveError when this connection lost it since */
export function handOf<Act extends keyof NonNullable<LiveConnection['hands'][LiveSubject]>>(
  { connection }: Tools,
  subject: LiveSubject,
  act: Act,
) {
  const hand = connection.hands[subject]?.[act]
  if (hand === undefined) throw new LiveError('conflict', 'This connection cannot do that here (any more).')
  return hand as NonNullable<NonNullable<LiveConnection['hands'][LiveSubject]>[Act]>
}

/** One login with a secret that is held, written down with its time. */
export async function tryLogin(
  order: StepOrder,
  tools: Tools,
  login: { secret: Secret; credential: string | null; hop: string; phase?: Probe['phase'] },
): Promise<Pick<Probe, 'answer' | 'says'>> {
  const at = tools.now()
  const verify = handOf(tools, order.secretSubject, 'verify')
  const target = targetOf(order, login.credential)
  const { answer, reason } = await verify({ target, secret: login.secret }, tools.signal)
  const { hop, phase = 'after' } = login
  tools.probe({ hop, at, tookMs: Math.round(tools.now() - at), phase, answer, evidence: 'login', says: reason })
  return { answer, says: reason }
}
