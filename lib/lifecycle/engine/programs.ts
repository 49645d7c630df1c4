import type { Attempt, Choice, Facts, Plan, StepName } from './steps'

/** Steps that belong to one new secret: with another one they are taken again. */
const ofOneSecret: readonly StepName[] = ['issue', 'verify_new', 'deliver', 'adopt']

export const attemptsOf = ({ attempts }: Pick<Facts, 'attempts'>, step: StepName): Attempt[] =>
  attempts.filter((attempt) => attempt.step === step)

/** The old secret was used lately, so it was left as it is. */
export const stillUsed = 'still_used'

/** Whether the step reached the source, or may have: all but what was plainly refused and what never began. */
export function mayHaveActed(facts: Facts, step: StepName): boolean {
  return attemptsOf(facts, step).some(
    ({ state, code }) => code !== stillUsed && (state !== 'refused' || code === 'unclear'),
  )
}

/** Which new secret the run is at. */
export function generationOf({ attempts, choice }: Facts): number {
  const issues = attempts.filter(({ step }) => step === 'issue')
  const last = Math.max(1, ...issues.map(({ generation }) => generation))
  const isAsked = choice?.take === 'new_secret' && attempts.slice(choice.after).every(({ step }) => step !== 'issue')
  return isAsked ? last + 1 : last
}

const shown: Partial<Record<StepName, StepName>> = {
  end_sessions: 'cut',
  probe: 'cut',
  probe_again: 'cut',
  verify_dead: 'retire',
  verify_withdrawn: 'withdraw',
  verify_absent: 'remove',
  verify_enabled: 'enable',
}

/** Which act a step follows from or shows the effect of. */
export function actOf({ plan, direction }: Pick<Facts, 'plan' | 'direction'>, step: StepName): StepName | undefined {
  if (step === 'verify_old') return plan.secrets === 'one' ? 'restore_former' : 'revive'
  return step === 'verify_new' && direction === 'restore' ? 'enable' : shown[step]
}

/** Where the attempts of a step begin that count: what was shown before its act was taken anew says nothing any more. */
function countsFrom(facts: Facts, step: StepName): number {
  const act = actOf(facts, step)
  return facts.attempts.findLastIndex((attempt) => attempt.step === act) + 1
}

/** Attempts of a step since a person spoke last of it, or its act was taken. */
export function attemptsSince(facts: Facts, step: StepName): Attempt[] {
  const spoken = facts.choice?.step === step ? facts.choice.after : 0
  return facts.attempts.slice(Math.max(spoken, countsFrom(facts, step))).filter((each) => each.step === step)
}

/** The last attempt of a step that counts: one for an earlier secret does not, nor one from before its act was taken anew. */
export function lastOf(facts: Facts, step: StepName): Attempt | undefined {
  const own = facts.attempts.slice(countsFrom(facts, step)).filter((attempt) => attempt.step === step)
  const generation = generationOf(facts)
  return own.filter((attempt) => !ofOneSecret.includes(step) || attempt.generation === generation).at(-1)
}

/** The steps of a run in its direction, in order. */
export function programOf(facts: Facts): StepName[] {
  if (facts.direction === 'back') return wayBack(facts)
  if (facts.direction === 'restore') return restoration(facts)
  return forward[facts.plan.kind](facts)
}

const when = (isSo: boolean, ...steps: StepName[]): StepName[] => (isSo ? steps : [])

const forward: Record<Facts['plan']['kind'], (facts: Facts) => StepName[]> = {
  rotation: ({ plan }) =>
    plan.secrets === 'two'
      ? [
          ...when(plan.notBefore !== undefined, 'window'),
          ...(['prepare', 'issue', 'verify_new'] as const),
          ...when(plan.delivers, 'deliver'),
          ...(['adopt', 'retire', 'verify_dead'] as const),
          ...when(plan.endsSessions, 'end_sessions'),
          // What was only disabled is removed later; what had to be removed at once is gone already.
          ...when(plan.can.disable && plan.can.remove && plan.removes, 'hold', 'remove'),
          // Of two accounts the former is not removed: it can be switched on again for so long.
          ...when(plan.twin !== undefined && plan.holdSeconds > 0, 'hold'),
        ]
      : [
          ...when(plan.notBefore !== undefined, 'window'),
          ...(['prepare', 'issue', 'verify_new'] as const),
          ...when(plan.delivers, 'deliver'),
          ...when(plan.endsSessions, 'end_sessions'),
          'verify_dead',
          ...when(plan.delivers, 'adopt'),
          ...when(plan.holdSeconds > 0, 'hold'),
        ],
  revocation: ({ plan }) => [
    'cut',
    ...when(plan.outlives, 'cut_again'),
    ...when(plan.endsSessions, 'end_sessions'),
    'probe',
    ...when(plan.surveys === true, 'survey'),
    ...when(plan.residualSeconds !== 0, 'probe_again'),
    ...when(plan.holdSeconds > 0, 'hold'),
    ...when(plan.removes && plan.can.remove, 'remove', 'verify_absent'),
  ],
  drill: ({ plan }) => rehearsal(plan),
}

/** Nothing is done on paper; a canary is made, cut and cleared away; what people use is cut and switched on again. */
function rehearsal(plan: Plan): StepName[] {
  const { drill } = plan
  if (drill === undefined || drill.mode === 'tabletop') return []
  const cut: StepName[] = ['cut', ...when(plan.endsSessions, 'end_sessions'), 'probe', 'probe_after']
  if (drill.mode === 'live') return ['prepare', 'probe_before', ...cut, 'enable', 'verify_enabled']
  // What is made beside other secrets has to be told from them afterwards.
  return [
    ...when(drill.canary === 'beside', 'prepare'),
    'issue',
    'verify_new',
    'probe_before',
    ...cut,
    ...clearance(plan),
  ]
}

/** What takes a canary away for good. */
export function clearance({ drill }: Plan): StepName[] {
  return drill?.canary === 'account' ? ['remove', 'verify_absent'] : ['withdraw', 'verify_withdrawn']
}

/** Takes back what was done, the last thing first. */
function wayBack(facts: Facts): StepName[] {
  const { plan } = facts
  const isOut = mayHaveActed(facts, 'issue')
  if (plan.kind === 'drill') {
    if (plan.drill?.mode === 'live') return when(mayHaveActed(facts, 'cut'), 'enable', 'verify_enabled')
    return when(isOut, ...clearance(plan))
  }
  if (plan.secrets === 'one') return when(isOut, 'restore_former', 'verify_old')
  return [
    ...when(mayHaveActed(facts, 'retire'), 'revive', 'verify_old'),
    ...when(isOut && !isOldDoubtful(facts), 'withdraw', 'verify_withdrawn'),
  ]
}

/** On the way back a person has left it so that nobody knows whether the old secret works: then the new one is all that there is. */
export const isOldDoubtful = ({ attempts }: Pick<Facts, 'attempts'>): boolean =>
  attempts.some(({ step, isLeft }) => isLeft && ['revive', 'restore_former', 'verify_old'].includes(step))

/** Switches on what was cut. With a new secret first where the old one leaked, as switching on would make that work again. */
function restoration({ plan, restore }: Facts): StepName[] {
  if (!restore?.rotatesFirst) return ['enable', 'verify_enabled']
  return ['issue', ...when(plan.secrets === 'two', 'retire'), 'enable', 'verify_new', 'deliver']
}

/** Whether an old and a new secret work at the same time: from when the new one was set until the old one is ended. */
export function isOverlapping(facts: Facts): boolean {
  const { plan, direction } = facts
  if (plan.kind !== 'rotation' || plan.secrets !== 'two' || direction !== 'forward') return false
  return lastOf(facts, 'issue')?.state === 'done' && !mayHaveActed(facts, 'retire')
}

/** Whether what was done can be taken back, so that whoever used the old secret can go on with it. */
export function canGoBack(facts: Facts): boolean {
  const { plan, direction } = facts
  if (direction !== 'forward' || plan.kind === 'revocation') return false
  if (!mayHaveActed(facts, 'issue')) return true
  if (plan.kind === 'drill') return true
  if (plan.secrets === 'one') return plan.can.restore && facts.holdsFormer
  if (mayHaveActed(facts, 'remove')) return false
  if (!mayHaveActed(facts, 'retire')) return true
  return plan.can.disable && plan.can.enable ? true : plan.can.restore && facts.holdsFormer
}

/** What a person may say to a step that cannot go on by itself. */
export function choicesAt(facts: Facts, step: StepName): Choice[] {
  const { plan, direction } = facts
  const own: Choice[] = ['retry']
  if (direction === 'forward' && plan.secrets === 'one' && (step === 'issue' || step === 'verify_new'))
    own.push('new_secret')
  if (direction === 'forward' && step !== 'cut' && step !== 'issue' && step !== 'prepare') own.push('leave')
  if (direction !== 'forward') own.push('leave')
  // Leaving a new secret that nobody has proved would take the old one away for it.
  const isFirm = step === 'verify_new' || step === 'deliver'
  const may = own.filter((choice) => choice !== 'leave' || !isFirm)
  return canGoBack(facts) || step === 'cut' ? [...may, 'give_up'] : may
}
