import {
  canGoBack,
  choicesAt,
  clearance,
  generationOf,
  isOldDoubtful,
  lastOf,
  mayHaveActed,
  programOf,
  stillUsed,
} from './programs'
import {
  type Act,
  type Attempt,
  type EndState,
  type Facts,
  type ParkReason,
  revivingSteps,
  type StepName,
} from './steps'
import { nextOpening } from './window'

/** So often something is tried that the source did not answer; then a person is asked. */
const triesWithoutAnswer = 12
/** A source that refuses new secrets by its own rules is given so many different ones. */
const secretsTried = 3

/** A revocation goes on trying: nobody is helped by its giving up. */
const triesOf = ({ plan, direction }: Facts, step: StepName): number =>
  plan.drill && direction === 'forward' && measured.includes(step)
    ? plan.drill.unansweredTries
    : plan.kind === 'revocation' && ['cut', 'cut_again', 'end_sessions', 'remove'].includes(step)
      ? Number.POSITIVE_INFINITY
      : triesWithoutAnswer

/** Steps of a drill that its abort conditions are about. */
const measured: readonly StepName[] = ['probe_before', 'cut', 'end_sessions', 'probe', 'probe_after']

/** Seconds before the next try: 1, 2, 4 … up to a minute, or ten for what is in no hurry. */
export function pauseSeconds(tries: number, isUrgent: boolean): number {
  return Math.min(isUrgent ? 30 : 600, 2 ** Math.max(0, tries - 1))
}

/** Every second while a bound is running: what is measured is how long it takes. */
const pollSeconds = 1
/** Where refusal lags by minutes, every second would be too often. */
const pollSecondsLater = 10
const pollsBefore = 60

/** An old secret that is still used is looked at so often, and for so long; then a person decides. */
const quietPollSeconds = 1800
const longestQuiet = 14 * 86_400_000

/** What to do next, from what is stored alone. The same facts always give the same act. */
export function nextAct(facts: Facts): Act {
  const open = facts.attempts.find(({ state }) => state === 'intended')
  if (open) return resumed(facts, open)
  if (facts.isOverruled && facts.plan.kind !== 'revocation') return overruled(facts)
  const turned = turn(facts)
  if (turned) return turned
  for (const step of programOf(facts)) {
    const act = stepAct(facts, step)
    if (act) return act
  }
  return { do: 'end', as: endOf(facts) }
}

/** What a dead worker began is brought to an end first. Nothing that was overruled is made to work again. */
function resumed(facts: Facts, { step, attempt, generation }: Attempt): Act {
  const mayAct = !(facts.isOverruled && facts.plan.kind !== 'revocation' && revivingSteps.includes(step))
  return { do: 'step', step, attempt, generation, isResumed: true, mayAct }
}

/** A new secret that nobody has yet is taken away; one that somebody has is for the revocation to end. */
function overruled(facts: Facts): Act {
  const { plan, delivery } = facts
  const isOut = plan.secrets === 'two' && mayHaveActed(facts, 'issue') && delivery.at === null
  if (!isOut || mayHaveActed(facts, 'retire')) return { do: 'end', as: 'overruled' }
  const [taken] = plan.drill ? clearance(plan) : (['withdraw'] as const)
  const act = stepAct(facts, taken ?? 'withdraw')
  return act === undefined || act.do === 'park' ? { do: 'end', as: 'overruled' } : act
}

function turn(facts: Facts): Act | undefined {
  const { plan, direction, restore, isCancelAsked } = facts
  if (direction !== 'forward') return undefined
  if (plan.kind === 'revocation') {
    if (restore && mayHaveActed(facts, 'cut') && !mayHaveActed(facts, 'remove'))
      return { do: 'turn', to: 'restore', why: 'asked' }
    if (isCancelAsked && !mayHaveActed(facts, 'cut')) return { do: 'end', as: 'cancelled' }
    return undefined
  }
  if (!isCancelAsked || !canGoBack(facts)) return undefined
  return hasActed(facts) ? { do: 'turn', to: 'back', why: 'cancelled' } : { do: 'end', as: 'cancelled' }
}

/** Whether there is anything to take back. */
const hasActed = (facts: Facts): boolean => mayHaveActed(facts, 'issue') || mayHaveActed(facts, 'cut')

function endOf(facts: Facts): EndState {
  const { direction } = facts
  if (direction === 'back') return isOldDoubtful(facts) ? 'given_up' : 'rolled_back'
  return direction === 'restore' ? 'restored' : 'done'
}

/** What a step wants; undefined = it is behind us. */
function stepAct(facts: Facts, step: StepName): Act | undefined {
  const last = lastOf(facts, step)
  if (last?.state === 'done') return undefined
  const chosen = facts.choice?.step === step && attemptsSince(facts, step).length === 0 ? facts.choice : null
  if (chosen?.take === 'leave') return { do: 'mark', step, isLeft: true }
  if (chosen?.take === 'give_up')
    return canGoBack(facts) && hasActed(facts)
      ? { do: 'turn', to: 'back', why: 'given_up' }
      : { do: 'end', as: 'given_up' }
  const waited = waitAct(facts, step)
  if (waited) return waited
  if (!last || chosen) return take(facts, step)
  return afterMiss(facts, step, last)
}

function take(facts: Facts, step: StepName, generation = generationOf(facts)): Act {
  const attempt = facts.attempts.filter((each) => each.step === step).length + 1
  return { do: 'step', step, attempt, generation, isResumed: false, mayAct: true }
}

function waitAct(facts: Facts, step: StepName): Act | undefined {
  const { plan, now, delivery } = facts
  const until = (at: number): Act =>
    now >= at ? { do: 'mark', step, isLeft: false } : { do: 'wait', until: at, step, for: 'time' }
  if (step === 'window') return until(plan.notBefore ?? now)
  if (plan.window && (step === 'prepare' || step === 'issue' || step === 'retire') && !mayHaveActed(facts, step)) {
    const opens = nextOpening(plan.window, now)
    return opens === now ? undefined : { do: 'wait', until: opens, step, for: 'time' }
  }
  if (step === 'cut_again' && facts.earlierOpen > 0) return { do: 'wait', until: now + 3000, step, for: 'other_run' }
  if (step === 'hold')
    return until(sinceOf(facts, plan.kind === 'revocation' ? 'probe' : 'verify_dead') + plan.holdSeconds * 1000)
  if (step === 'probe_again' && plan.residualSeconds !== null)
    return now >= residualEnd(facts) ? undefined : { do: 'wait', until: residualEnd(facts), step, for: 'time' }
  if (step !== 'adopt') return undefined
  if (!plan.delivers) return until(sinceOf(facts, 'verify_new') + plan.overlapSeconds * 1000)
  if (delivery.at !== null) return until(delivery.at + plan.overlapSeconds * 1000)
  if (!delivery.isOver) return { do: 'wait', until: null, step, for: 'delivery' }
  // The link ran out: another one is made when a person says so.
  return facts.choice?.step === 'adopt' && facts.choice.take === 'retry'
    ? take(facts, 'deliver')
    : { do: 'park', step, why: 'not_taken', choices: choicesAt(facts, 'deliver') }
}

/** When a step was done; now, where it was left out. */
function sinceOf(facts: Facts, step: StepName): number {
  return lastOf(facts, step)?.endedAt ?? facts.now
}

const residualEnd = (facts: Facts): number => sinceOf(facts, 'cut') + (facts.plan.residualSeconds ?? 0) * 1000

function afterMiss(facts: Facts, step: StepName, last: Attempt): Act {
  const park = (why: ParkReason): Act =>
    // A rehearsal leaves nothing cut while it waits for somebody.
    facts.plan.kind === 'drill' && canGoBack(facts)
      ? giveBack(facts)
      : { do: 'park', step, why, choices: choicesAt(facts, step) }
  const back = (why: ParkReason): Act => (canGoBack(facts) ? { do: 'turn', to: 'back', why: 'failed' } : park(why))
  if (last.state === 'refused') {
    if (step === 'issue' && last.code === 'refused_by_source' && facts.plan.makes === 'we') {
      const isNext = facts.direction === 'forward' && refusedSecrets(facts) < secretsTried
      return isNext ? take(facts, step, generationOf(facts) + 1) : park('secret_refused')
    }
    if (step === 'prepare' || (step === 'issue' && last.code === 'not_found')) return giveBack(facts)
    return step === 'verify_new' ? back('new_secret_fails') : park('refused')
  }
  const tries = triesSince(facts, step)
  if (last.code === stillUsed) {
    const [first] = attemptsSince(facts, step)
    return facts.now < (first?.at ?? facts.now) + longestQuiet + (facts.plan.quietSeconds ?? 0) * 1000
      ? retryAt(facts, step, last, quietPollSeconds)
      : park('still_used')
  }
  if (last.code === 'still_allowed') {
    const bound = boundEnd(facts, step)
    if (facts.now < bound)
      return retryAt(
        facts,
        step,
        last,
        tries < pollsBefore || facts.plan.kind === 'drill' ? pollSeconds : pollSecondsLater,
      )
    return park('still_allowed')
  }
  const isDrill = facts.plan.kind === 'drill'
  if ((isDrill ? unanswered(facts, step) : tries) < triesOf(facts, step))
    return retryAt(facts, step, last, isDrill ? pollSeconds : pauseSeconds(tries, facts.plan.kind === 'revocation'))
  // A new secret that could not be tried is not a proved one.
  return step === 'verify_new' ? back('new_secret_fails') : park('no_answer')
}

/** Nothing was done at the source: there is nothing to take back. */
function giveBack(facts: Facts): Act {
  if (hasActed(facts)) return { do: 'turn', to: 'back', why: 'failed' }
  return { do: 'end', as: facts.plan.kind === 'rotation' ? 'rolled_back' : 'given_up' }
}

function retryAt(facts: Facts, step: StepName, last: Attempt, seconds: number): Act {
  const at = (last.endedAt ?? last.at) + seconds * 1000
  return facts.now >= at ? take(facts, step) : { do: 'wait', until: at, step, for: 'retry' }
}

/** Until then a login that still works is no fault, as refusal may lag: counted from the first look, or from a person's word. */
function boundEnd(facts: Facts, step: StepName): number {
  const { plan } = facts
  const [first] = attemptsSince(facts, step)
  const residual = step === 'probe' ? 0 : (plan.residualSeconds ?? 0)
  return (first?.at ?? facts.now) + (plan.refusedWithinSeconds + residual + 2) * 1000
}

/** Attempts of a step since a person spoke last of it. */
function attemptsSince({ attempts, choice }: Facts, step: StepName): Attempt[] {
  const from = choice?.step === step ? choice.after : 0
  return attempts.slice(from).filter((each) => each.step === step)
}

const triesSince = (facts: Facts, step: StepName): number => attemptsSince(facts, step).length

/** Tries in a row that had no answer. */
function unanswered(facts: Facts, step: StepName): number {
  const own = attemptsSince(facts, step)
  return own.length - 1 - own.findLastIndex(({ code }) => code === 'still_allowed')
}

const refusedSecrets = (facts: Facts): number =>
  attemptsSince(facts, 'issue').filter(({ code }) => code === 'refused_by_source').length
