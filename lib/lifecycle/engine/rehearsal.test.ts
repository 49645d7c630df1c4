import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextAct } from './next-act'
import { clearance, mayHaveActed } from './programs'
import type { Act, AttemptState, DrillTerms, EndState, Facts, Plan, StepName } from './steps'

// Whatever a source answers, whenever a person stops it or a worker dies: a rehearsal leaves nothing that it made and nothing cut.

const terms = (mode: DrillTerms['mode'], canary: DrillTerms['canary']): DrillTerms => ({
  ...{ mode, canary, account: null, hops: ['source', 'sessions'], withinSeconds: 5, waitSeconds: 30, keepers: [] },
  ...{ stopsOnFalseCut: true, unansweredTries: 3, documentedSeconds: 1, copies: 0 },
})
const planOf = (drill: DrillTerms): Plan => ({
  ...{ kind: 'drill', secrets: drill.canary === null ? 'one' : 'two', makes: 'we', delivers: false, overlapSeconds: 0 },
  can: { disable: true, enable: true, remove: true, restore: false, endSessions: true, verify: true },
  ...{
    holdSeconds: 0,
    endsSessions: true,
    removes: false,
    refusedWithinSeconds: 60,
    residualSeconds: 0,
    outlives: false,
  },
  drill,
})

interface Answer {
  state: Exclude<AttemptState, 'intended'>
  code?: string
  /** The worker dies before it hears it. */
  dies: boolean
}
const answer: fc.Arbitrary<Answer> = fc.record({
  state: fc.oneof(
    { weight: 6, arbitrary: fc.constant('done' as const) },
    fc.constantFrom('refused' as const, 'failed' as const),
  ),
  code: fc.constantFrom('unreachable', 'still_allowed', 'aborted', 'unclear', 'forbidden'),
  dies: fc.boolean(),
})

interface Story {
  plan: Plan
  answers: Answer[]
  cancelAt: number
  overruleAt: number
}
const story: fc.Arbitrary<Story> = fc.record({
  plan: fc.constantFrom(
    planOf(terms('canary', 'account')),
    planOf(terms('canary', 'beside')),
    planOf(terms('live', null)),
  ),
  answers: fc.array(answer, { maxLength: 40 }),
  cancelAt: fc.integer({ min: -1, max: 20 }),
  overruleAt: fc.integer({ min: -30, max: 20 }),
})

/** Plays a run to its end. When the answers are used up everything works. */
function play({ plan, answers, cancelAt, overruleAt }: Story) {
  const rest = [...answers]
  const parks: { step: StepName; direction: Facts['direction'] }[] = []
  let facts: Facts = {
    ...{ plan, direction: 'forward', attempts: [], now: 1_000_000, isCancelAsked: false, isOverruled: false },
    ...{ restore: null, choice: null, holdsFormer: false, delivery: { at: null, isOver: false }, earlierOpen: 0 },
  }
  for (let turn = 0; turn < 1000; turn += 1) {
    facts = {
      ...facts,
      now: facts.now + 50,
      isCancelAsked: facts.isCancelAsked || turn === cancelAt,
      isOverruled: facts.isOverruled || turn === overruleAt,
    }
    const act: Act = nextAct(facts)
    if (act.do === 'end') return { facts, end: act.as, parks }
    if (act.do === 'turn') facts = { ...facts, direction: act.to }
    if (act.do === 'wait') facts = { ...facts, now: act.until ?? facts.now }
    if (act.do === 'park') {
      parks.push({ step: act.step, direction: facts.direction })
      facts = { ...facts, choice: { take: 'retry', step: act.step, after: facts.attempts.length } }
    }
    if (act.do === 'mark') throw new Error('a rehearsal has nothing to mark')
    if (act.do !== 'step') continue
    const { step, attempt, generation } = act
    const others = facts.attempts.filter((each) => each.step !== step || each.attempt !== attempt)
    const given = rest.shift() ?? { state: 'done' as const, dies: false }
    const begun = { step, attempt, generation, at: facts.now, endedAt: null }
    const ended = given.dies
      ? { ...begun, state: 'intended' as const }
      : {
          ...begun,
          state: given.state,
          endedAt: facts.now,
          ...(given.state === 'done' || !given.code ? {} : { code: given.code }),
        }
    facts = { ...facts, attempts: [...others, ended] }
  }
  throw new Error('it never ends')
}

const isDone = (facts: Facts, step: StepName) =>
  facts.attempts.some((each) => each.step === step && each.state === 'done')

describe('a rehearsal', () => {
  it('ends, clears away what it made, switches on what it cut, and waits for a person only on the way back', () => {
    const ends = new Set<EndState>()
    fc.assert(
      fc.property(story, (told) => {
        const { facts, end, parks } = play(told)
        ends.add(end)
        expect(parks.filter(({ direction }) => direction === 'forward')).toEqual([])
        // A revocation comes before everything: what it cuts stays cut, and what a source will not clear away ends by itself.
        if (end === 'overruled') return
        const [clear] = clearance(told.plan)
        if (told.plan.drill?.mode === 'canary' && clear && mayHaveActed(facts, 'issue'))
          expect(isDone(facts, clear)).toBe(true)
        if (told.plan.drill?.mode === 'live' && mayHaveActed(facts, 'cut')) expect(isDone(facts, 'enable')).toBe(true)
      }),
      { numRuns: 3000 },
    )
    expect([...ends].sort()).toEqual(['cancelled', 'done', 'given_up', 'overruled', 'rolled_back'])
  })

  it('takes no step on paper', () => {
    const { facts, end } = play({ plan: planOf(terms('tabletop', null)), answers: [], cancelAt: -1, overruleAt: -1 })
    expect([end, facts.attempts]).toEqual(['done', []])
  })
})
