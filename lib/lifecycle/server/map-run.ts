import type { LiveSubject } from '@/lib/connectors/live-contract'
import { attemptsSince, generationOf } from '../engine/programs'
import type { Act, Attempt, AttemptState, Direction, Facts, Plan, StepName } from '../engine/steps'
import type { FoundRun } from './store'
import type { HeldSecret } from './store-secrets'
import type { DrillHeld, StepOrder } from './verify-login'

/** A plan as it is stored: with the type of credential that the account signs in with. */
export type StoredPlan = Plan & { secretSubject: string }
export const planOf = ({ plan }: Pick<FoundRun, 'plan'>) => plan as unknown as StoredPlan

/** What a step left behind that later ones need; never a secret. */
interface StepResult {
  credential?: string | null
  known?: string[] | null
  isLeft?: boolean
  kept?: number[]
}
const resultOf = ({ result }: FoundRun['steps'][number]) => result as StepResult

/** What restoring was asked for with. */
export interface RestoreWish {
  rotatesFirst: boolean
  revealTo?: string
}
export const restoreOf = ({ restore }: Pick<FoundRun, 'restore'>) => restore as RestoreWish | null

function attemptsOf(run: FoundRun): Attempt[] {
  return run.steps.map((row) => ({
    step: row.step as StepName,
    attempt: row.attempt,
    generation: row.generation,
    state: row.state as AttemptState,
    at: row.intendedAt.getTime(),
    endedAt: row.endedAt?.getTime() ?? null,
    ...(row.code === null ? {} : { code: row.code }),
    ...(resultOf(row).isLeft ? { isLeft: true } : {}),
  }))
}

/** All that the next act follows from, out of what is stored. */
export function factsOf(run: FoundRun, now: number, earlierOpen: number): Facts {
  const choice = run.choice as Facts['choice']
  const holds = (purpose: string) => run.secrets.some((secret) => secret.purpose === purpose && secret.wipedAt === null)
  const facts: Omit<Facts, 'delivery'> = {
    plan: planOf(run),
    direction: run.direction as Direction,
    attempts: attemptsOf(run),
    now,
    isCancelAsked: run.isCancelAsked,
    isOverruled: run.isOverruled,
    restore: restoreOf(run),
    choice,
    holdsFormer: holds('former') || holds('removed'),
    earlierOpen,
  }
  return { ...facts, delivery: deliveryOf(run, { ...facts, delivery: { at: null, isOver: false } }) }
}

/** A link counts as taken when it was opened, any other way when it was delivered. */
function deliveryOf(run: FoundRun, facts: Facts): Facts['delivery'] {
  const generation = generationOf(facts)
  const link = run.links.filter((each) => each.generation === generation).at(-1)
  if (link)
    return {
      at: link.openedAt?.getTime() ?? null,
      isOver: link.openedAt === null && (link.endedAt !== null || link.expiresAt.getTime() <= facts.now),
    }
  const sent = run.steps
    .filter((row) => row.step === 'deliver' && row.state === 'done' && row.generation === generation)
    .at(-1)
  return { at: sent?.endedAt?.getTime() ?? null, isOver: false }
}

/** What one step is taken with. */
export function orderOf(
  run: FoundRun,
  facts: Facts,
  act: Extract<Act, { do: 'step' }>,
  held: readonly HeldSecret[],
): StepOrder {
  const of = (purpose: HeldSecret['purpose']) => held.filter((each) => each.purpose === purpose)
  const newest = (purpose: HeldSecret['purpose']) => of(purpose).at(-1)?.secret
  const own = facts.attempts.filter((each) => each.step === act.step && each.generation === act.generation)
  const begun = attemptsSince(facts, act.step).filter((each) => own.includes(each))
  const fresh = of('new').find(({ generation }) => generation === act.generation)?.secret
  const [former, disabled, removed, idle] = [newest('former'), newest('disabled'), newest('removed'), newest('idle')]
  const results = run.steps.filter(({ state }) => state === 'done')
  const known = results.find(({ step }) => step === 'prepare')
  const issued = results.filter((row) => row.step === 'issue' && row.generation === act.generation).at(-1)
  const plan = planOf(run)
  return {
    step: act.step,
    plan,
    // A canary that is an account of its own takes the place of the real one.
    identityRef: plan.drill?.account?.ref ?? run.identityRef,
    credentialRef: run.credentialRef,
    subject: run.subject as LiveSubject,
    secretSubject: plan.secretSubject as LiveSubject,
    isAgain: act.isResumed || own.some(({ state, code }) => state === 'failed' || code === 'unclear'),
    begunAt: begun[0]?.at ?? facts.now,
    askedAt: facts.attempts.find(({ step }) => step === 'issue')?.at ?? facts.now,
    mayAct: act.mayAct,
    held: {
      old: of('old').map(({ secret }) => secret),
      ...(fresh ? { fresh } : {}),
      ...(former ? { former } : {}),
      ...(disabled ? { disabled } : {}),
      ...(removed ? { removed } : {}),
      ...(idle ? { idle } : {}),
    },
    known: (known && resultOf(known).known) ?? null,
    fresh: (issued && resultOf(issued).credential) ?? null,
    left: run.hops.filter(({ state }) => state === 'dormant'),
    ...(plan.drill ? { drill: drillHeld(run, of('keep')) } : {}),
  }
}

function drillHeld(run: FoundRun, keep: readonly HeldSecret[]): DrillHeld {
  const before = run.steps.filter(({ step, state }) => step === 'probe_before' && state === 'done').at(-1)
  return {
    like: run.identityRef,
    keep: new Map(keep.map(({ generation, secret }) => [generation - 1, secret])),
    keptBefore: (before && resultOf(before).kept) ?? [],
  }
}
