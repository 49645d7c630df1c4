import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiveConnector } from '@/lib/connectors/live-connector'
import { Secret } from '@/lib/connectors/secret'
import { FailingSource, type Fault } from '@/lib/platform/testing/failing-source'
import { FailingTwins } from '@/lib/platform/testing/failing-twins'
import { nextAct } from '../engine/next-act'
import { attemptsSince } from '../engine/programs'
import type { Act, Attempt, EndState, Facts, Plan } from '../engine/steps'
import { applyStep } from './apply-step'
import type { Kept, Outcome, StepOrder } from './verify-login'

/**
 * Every run over every crash: the real decisions and the real steps against a source that fails in every way a network can. What a
 * worker has in memory is lost with it; what was committed stays.
 */

let now = 0

/** What is committed of a run, as the tables keep it. */
class Row {
  attempts: Attempt[] = []
  direction: Facts['direction'] = 'forward'
  results: { step: string; generation: number; credential?: string | null; known?: string[] | null }[] = []
  fresh = new Map<number, Secret>()
  kept = new Map<string, Secret>()
  delivered: number | null = null
  choice: Facts['choice'] = null
  isCancelAsked = false
  isOverruled = false
  restore: Facts['restore'] = null
  end: EndState | undefined
  parks = 0

  constructor(readonly plan: Plan) {}

  facts(): Facts {
    const { plan, direction, attempts, isCancelAsked, isOverruled, restore, choice } = this
    const holdsFormer = this.kept.has('former') || this.kept.has('removed')
    return {
      plan,
      direction,
      attempts,
      now,
      isCancelAsked,
      isOverruled,
      restore,
      choice,
      holdsFormer,
      delivery: { at: this.delivered, isOver: false },
      earlierOpen: 0,
    }
  }

  order(act: Extract<Act, { do: 'step' }>): StepOrder {
    const own = this.attempts.filter((each) => each.step === act.step && each.generation === act.generation)
    const fresh = this.fresh.get(act.generation)
    const former = this.kept.get('former')
    const [disabled, removed, idle] = [this.kept.get('disabled'), this.kept.get('removed'), this.kept.get('idle')]
    return {
      ...{
        step: act.step,
        plan: this.plan,
        identityRef: 'a',
        credentialRef: this.plan.kind === 'revocation' ? null : this.plan.twin ? 'a#password' : 'c0',
      },
      subject: this.plan.kind === 'revocation' ? 'identity' : 'password',
      secretSubject: 'password',
      isAgain: act.isResumed || own.some(({ state, code }) => state === 'failed' || code === 'unclear'),
      begunAt: attemptsSince(this.facts(), act.step).find((each) => own.includes(each))?.at ?? now,
      askedAt: this.attempts.find(({ step }) => step === 'issue')?.at ?? now,
      mayAct: act.mayAct,
      held: {
        old: [new Secret('old')],
        ...(fresh ? { fresh } : {}),
        ...(former ? { former } : {}),
        ...(disabled ? { disabled } : {}),
        ...(removed ? { removed } : {}),
        ...(idle ? { idle } : {}),
      },
      known: this.results.findLast(({ step }) => step === 'prepare')?.known ?? null,
      fresh:
        this.results.findLast(({ step, generation }) => step === 'issue' && generation === act.generation)
          ?.credential ?? null,
    }
  }

  begin({ step, attempt, generation }: Extract<Act, { do: 'step' }>): void {
    if (step === 'issue' && this.plan.makes === 'we' && !this.fresh.has(generation))
      this.fresh.set(generation, new Secret(`new-${generation}`))
    this.attempts.push({ step, attempt, generation, state: 'intended', at: now, endedAt: null })
  }

  finish({ step, attempt, generation }: Extract<Act, { do: 'step' }>, outcome: Outcome): void {
    const index = this.attempts.findIndex((each) => each.step === step && each.attempt === attempt)
    const begun = this.attempts[index]
    if (begun?.state !== 'intended') throw new Error('a step is ended once')
    this.attempts[index] = {
      ...begun,
      state: outcome.state,
      endedAt: now,
      ...(outcome.code ? { code: outcome.code } : {}),
    }
    if (outcome.state === 'done') this.results.push({ step, generation, ...outcome.result })
    for (const { purpose, secret } of outcome.keep ?? []) {
      if (purpose === 'new') this.fresh.set(generation, secret)
      else if (!this.kept.has(purpose)) this.kept.set(purpose, secret)
    }
  }
}

type Crash = 'no' | 'before intent' | 'after intent' | 'after keep' | 'after act'

/** The worker is gone between storing what takes an act back and the act. */
class Killed extends Error {}

interface Story {
  plan: Plan
  faults: Fault[]
  crashes: Crash[]
  /** At which turn a person cancels, or a revocation comes; -1 = never. */
  cancelAt: number
  overruleAt: number
  /** Somebody wants it back as soon as it is shown as cut. */
  isWantedBack: boolean
}

/** Runs a story to its end; a person who is asked says what they can, and gives up at last. */
async function play({ plan, faults, crashes: told, cancelAt, overruleAt, isWantedBack }: Story) {
  const crashes = [...told]
  now = 1_700_000_000_000
  const source = plan.twin
    ? new FailingTwins([...faults])
    : new FailingSource(plan.secrets === 'two', plan.can.disable && plan.kind === 'rotation', [...faults], () => now)
  const row = new Row(plan)
  const connector = { semantics: {}, propose: undefined } as unknown as LiveConnector
  let isLockedOut = false
  let setsBefore = 0
  const look = () => {
    const works = source.opens('old') || [...row.fresh.values()].some((secret) => source.opens(secret.reveal()))
    // Where one secret works at a time, what counts is how it ends: until then the window is declared.
    const counts = plan.secrets === 'two' || ['done', 'rolled_back', 'cancelled'].includes(row.end ?? '')
    if (plan.kind === 'rotation' && counts && !works && !row.isOverruled) isLockedOut = true
  }
  for (let turn = 0; turn < 600; turn += 1) {
    if (turn === cancelAt) row.isCancelAsked = true
    if (turn === overruleAt) {
      row.isOverruled = true
      setsBefore = source.sets
    }
    if (isWantedBack && row.attempts.some(({ step, state }) => step === 'probe' && state === 'done'))
      row.restore = { rotatesFirst: false }
    const act = nextAct(row.facts())
    if (act.do === 'end') {
      row.end = act.as
      look()
      return { row, source, isLockedOut, setsBefore }
    }
    if (act.do === 'turn') row.direction = act.to
    else if (act.do === 'wait') {
      if (act.for === 'delivery') row.delivered = now
      now = act.until === null ? now + 1000 : Math.max(now + 1, act.until)
    } else if (act.do === 'mark') {
      row.attempts.push({
        step: act.step,
        attempt: row.attempts.filter(({ step }) => step === act.step).length + 1,
        generation: Math.max(1, ...row.fresh.keys()),
        state: 'done',
        at: now,
        endedAt: now,
        isLeft: act.isLeft,
      })
    } else if (act.do === 'park') {
      row.parks += 1
      if (row.parks > 12) return { row, source, isLockedOut, setsBefore }
      const take = row.parks < 8 ? 'retry' : (act.choices.find((choice) => choice === 'give_up') ?? 'retry')
      row.choice = { take, step: act.step, after: row.attempts.length }
    } else {
      const crash = crashes.shift() ?? 'no'
      if (crash === 'before intent') continue
      if (!act.isResumed) row.begin(act)
      if (crash === 'after intent') continue
      if (act.step === 'deliver') {
        row.finish(act, { state: 'done', says: 'a link' })
        continue
      }
      const tools = {
        connector,
        connection: source.connection(),
        signal: new AbortController().signal,
        now: () => now,
        probe: () => {},
        keep: async ({ purpose, secret }: Kept) => {
          if (!row.kept.has(purpose)) row.kept.set(purpose, secret)
          if (crash === 'after keep') throw new Killed()
        },
      }
      const outcome = await applyStep(row.order(act), tools).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error
      })
      if (outcome === undefined) continue
      look()
      now += 50
      if (crash === 'after act') continue
      row.finish(act, outcome)
    }
  }
  throw new Error('the run never ends')
}

const bool = fc.boolean()
const rotation: fc.Arbitrary<Plan> = fc.record({
  ...{
    kind: fc.constant('rotation' as const),
    secrets: fc.constantFrom('one' as const, 'two' as const),
    makes: fc.constantFrom('we' as const, 'source' as const),
  },
  can: bool.map((soft) => ({
    disable: soft,
    enable: soft,
    remove: true,
    restore: true,
    endSessions: false,
    verify: true,
  })),
  ...{
    delivers: bool,
    overlapSeconds: fc.constantFrom(0, 5),
    holdSeconds: fc.constantFrom(0, 5),
    endsSessions: fc.constant(false),
    removes: bool,
  },
  ...{ refusedWithinSeconds: fc.constant(1), residualSeconds: fc.constant(0), outlives: fc.constant(false) },
})
const revocation: fc.Arbitrary<Plan> = rotation.map((plan) => ({
  ...plan,
  ...{ kind: 'revocation', removes: false, can: { ...plan.can, disable: true, enable: true, remove: false } },
}))
const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after', 'refuse'), { maxLength: 40 })
const crashes = fc.array(
  fc.constantFrom<Crash>('no', 'no', 'before intent', 'after intent', 'after keep', 'after act'),
  {
    maxLength: 40,
  },
)
const never = fc.constant(-1)
const storyOf = (
  plan: fc.Arbitrary<Plan>,
  more: Partial<Record<'cancelAt' | 'overruleAt', fc.Arbitrary<number>>> = {},
  isWantedBack = false,
) =>
  fc.record({
    ...{ plan, faults, crashes },
    ...{ cancelAt: more.cancelAt ?? never, overruleAt: more.overruleAt ?? never },
    isWantedBack: fc.constant(isWantedBack),
  })

/** Two accounts in turn: of the idle one it is not known whether it was on. */
const turns: fc.Arbitrary<Plan> = rotation.map((plan) => ({
  ...plan,
  ...{ secrets: 'two', makes: 'we', removes: false },
  can: { ...plan.can, disable: true, enable: true, remove: false, restore: false },
  twin: { identityId: 'b', ref: 'b', credentialRef: 'b#password', name: 'b', place: { id: 'a', name: 'a' } },
}))

/** Secrets that work at the source and that nobody was given or holds. */
function orphansOf({ row, source }: Awaited<ReturnType<typeof play>>): string[] {
  const known = new Set(['old', ...[...row.fresh.values()].map((secret) => secret.reveal())])
  if (source instanceof FailingTwins) return []
  const unknown = [...source.secrets.values()].filter(({ value, off }) => !off && !known.has(value))
  const isBack = row.end === 'rolled_back' || row.end === 'cancelled'
  const left = isBack ? [...source.secrets.values()].filter(({ value, off }) => !off && value !== 'old') : []
  return [...unknown, ...left].map(({ value }) => value)
}

describe('a rotation, whatever is killed and whenever', () => {
  it('never leaves anybody without a working secret, and no secret that nobody has', async () => {
    await fc.assert(
      fc.asyncProperty(storyOf(rotation, { cancelAt: fc.integer({ min: -1, max: 25 }) }), async (story) => {
        const told = await play(story)
        const { row, source } = told
        if (row.end === undefined) return
        expect({ orphans: orphansOf(told), isLockedOut: told.isLockedOut }).toEqual({ orphans: [], isLockedOut: false })
        const isOld = source.opens('old')
        if (row.end === 'rolled_back' || row.end === 'cancelled') expect(isOld).toBe(true)
        if (row.end === 'done' && row.attempts.every(({ isLeft }) => !isLeft)) expect(isOld).toBe(false)
      }),
      { numRuns: 10_000 },
    )
  })

  it('ends by itself, with the new secret and without the old, when the source answers', async () => {
    await fc.assert(
      fc.asyncProperty(storyOf(rotation), async (story) => {
        const { row, source, isLockedOut } = await play({ ...story, faults: [] })
        const opens = [...row.fresh.values()].some((secret) => source.opens(secret.reveal()))
        expect({ end: row.end, parks: row.parks, isLockedOut, opens, old: source.opens('old') }).toEqual({
          ...{ end: 'done', parks: 0, isLockedOut: false, opens: true, old: false },
        })
      }),
      { numRuns: 1000 },
    )
  })

  it('resurrects nothing once the account is being revoked', async () => {
    await fc.assert(
      fc.asyncProperty(storyOf(rotation, { overruleAt: fc.integer({ min: 0, max: 20 }) }), async (story) => {
        const { row, source, setsBefore } = await play(story)
        if (row.isOverruled) expect(source.sets).toBe(setsBefore)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a rotation by two accounts in turn, whatever is killed and whenever', () => {
  it('never leaves anybody without an account that works, and no secret that nobody has', async () => {
    await fc.assert(
      fc.asyncProperty(storyOf(turns, { cancelAt: fc.integer({ min: -1, max: 25 }) }), async (story) => {
        const told = await play(story)
        const { row, source } = told
        if (row.end === undefined) return
        expect(told.isLockedOut).toBe(false)
        const isOld = source.opens('old')
        const isNew = [...row.fresh.values()].some((secret) => source.opens(secret.reveal()))
        if (row.attempts.some(({ isLeft }) => isLeft)) return
        if (row.end === 'rolled_back' || row.end === 'cancelled')
          expect({ isOld, isNew }).toEqual({ isOld: true, isNew: false })
        if (row.end === 'done') expect({ isOld, isNew }).toEqual({ isOld: false, isNew: true })
      }),
      { numRuns: 10_000 },
    )
  })

  it('ends by itself when the source answers, with the former account off and nothing deleted', async () => {
    await fc.assert(
      fc.asyncProperty(storyOf(turns), async (story) => {
        const { row, source, isLockedOut } = await play({ ...story, faults: [] })
        expect({ end: row.end, parks: row.parks, isLockedOut, old: source.opens('old') }).toEqual({
          ...{ end: 'done', parks: 0, isLockedOut: false, old: false },
        })
        expect(source.records().filter(({ type }) => type === 'identity')).toHaveLength(2)
      }),
      { numRuns: 1000 },
    )
  })

  it('switches nothing on once the account is being revoked', async () => {
    await fc.assert(
      fc.asyncProperty(storyOf(turns, { overruleAt: fc.integer({ min: 0, max: 20 }) }), async (story) => {
        const { row, source, setsBefore } = await play(story)
        if (row.isOverruled) expect(source.sets).toBe(setsBefore)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a revocation, whatever is killed and whenever', () => {
  it('ends with the account off, and never says so while it is on', async () => {
    const orForgets = fc.array(fc.constantFrom<Fault>('none', 'none', 'before', 'after', 'refuse', 'forget'), {
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(storyOf(revocation), orForgets, async (story, faults) => {
        const { row, source } = await play({ ...story, faults })
        if (row.end === 'done' && row.attempts.every(({ isLeft }) => !isLeft)) expect(source.isOn).toBe(false)
        if (row.attempts.some(({ step, state, isLeft }) => step === 'probe' && state === 'done' && !isLeft))
          expect(source.isOn).toBe(false)
      }),
      { numRuns: 1500 },
    )
  })

  it('is cut and brought back also where the source forgets what it said it did', async () => {
    const held = revocation.map((plan) => ({ ...plan, holdSeconds: 3600 }))
    const forgets = fc.array(fc.constantFrom<Fault>('none', 'forget'), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(storyOf(held, {}, true), forgets, async (story, faults) => {
        const { row, source } = await play({ ...story, faults })
        const probed = row.attempts.findIndex(({ step, state }) => step === 'probe' && state === 'done')
        expect({ end: row.end, isOn: source.isOn, probed: probed > 0 }).toEqual({
          ...{ end: 'restored', isOn: true, probed: true },
        })
      }),
      { numRuns: 1000 },
    )
  })

  it('can be brought back within its window', async () => {
    const held = revocation.map((plan) => ({ ...plan, holdSeconds: 3600 }))
    await fc.assert(
      fc.asyncProperty(storyOf(held, {}, true), async (story) => {
        const { row, source } = await play({ ...story, faults: story.faults.filter((fault) => fault !== 'refuse') })
        expect({ end: row.end, isOn: source.isOn }).toEqual({ end: 'restored', isOn: true })
      }),
      { numRuns: 1000 },
    )
  })
})
