import { describe, expect, it } from 'vitest'
import type { DrillTerms } from './steps'
import { type DrillSeen, figuresOf, percentile, type SeenProbe } from './verdicts'

const terms: DrillTerms = {
  ...{ mode: 'canary', canary: 'account', account: null, hops: ['source'], withinSeconds: 5, waitSeconds: 30 },
  ...{ keepers: [{ identityId: 'k', ref: 'role:k', name: 'keeper' }], stopsOnFalseCut: true, unansweredTries: 3 },
  ...{ documentedSeconds: 1, copies: 3 },
}
/** `+` let in, `-` refused, `?` no clear answer: one try a second from three before the cut on. */
const tries = (text: string, hop = 'source', evidence: SeenProbe['evidence'] = 'login'): SeenProbe[] =>
  [...text].map((mark, index) => ({
    ...{ hop, at: 100_000 + (index - 3) * 1000, tookMs: 20, evidence },
    answer: mark === '+' ? 'accepted' : mark === '-' ? 'refused' : 'unknown',
  }))
const seen = (probes: SeenProbe[], more: Partial<DrillSeen> = {}): DrillSeen => ({
  ...{ terms, cutAt: 100_000, ackedAt: 100_100, closedAt: null, end: 'done', probes },
  ...more,
})
const hop = (probes: SeenProbe[], more: Partial<DrillSeen> = {}) => figuresOf(seen(probes, more)).hops[0]

describe('a place', () => {
  it('was cut when a try was refused in time, counted to the end of that try', () => {
    expect(hop(tries('+++++-----'))).toMatchObject({
      verdict: 'cut',
      seconds: 2.02,
      lastAllowedSeconds: 1,
      ackSeconds: 0.1,
    })
  })
  it('was late when it was refused after the time of the hypothesis', () => {
    expect(hop(tries('+++++++++---'))).toMatchObject({ verdict: 'late', seconds: 6.02 })
  })
  it('leaked when it was let in until nobody tried any more', () => {
    expect(hop(tries('++++++++++++'))).toMatchObject({ verdict: 'leaked', seconds: null })
  })
  it('leaked when it was let in again after it was refused', () => {
    expect(hop(tries('+++---+'))).toMatchObject({ verdict: 'leaked', lastAllowedSeconds: 3 })
    expect(hop(tries('+++-+---'))).toMatchObject({ verdict: 'cut', seconds: 2.02 })
  })
  it('cannot be tested where it was not let in before', () => {
    expect(hop(tries('?-----'))?.verdict).toBe('not_testable')
    expect(hop(tries('++-----'))?.verdict).toBe('not_testable')
    expect(hop(tries('-----').slice(3))?.verdict).toBe('not_testable')
  })
  it('cannot be tested by the word of the source, nor without a clear answer', () => {
    expect(hop(tries('+++-----', 'source', 'source'))?.verdict).toBe('not_testable')
    expect(hop(tries('+++?????'))?.verdict).toBe('not_testable')
  })
  it('cannot be tested where it was let in at the cut and not tried again', () => {
    const sessions = { ...terms, hops: ['sessions' as const] }
    const probes = [...tries('++++', 'sessions', 'session'), ...tries('+++++---')]
    expect(hop(probes, { terms: sessions })).toMatchObject({ verdict: 'not_testable' })
  })
  it('has no verdict while it goes on, and none on paper', () => {
    expect(hop(tries('+++++'), { end: null })?.verdict).toBeNull()
    expect(figuresOf(seen([], { terms: { ...terms, mode: 'tabletop' }, cutAt: null }))).toMatchObject({
      verdict: null,
      hops: [{ verdict: null }],
    })
  })
  it('is not judged by what was tried after access was given back', () => {
    expect(hop(tries('+++---+++'), { closedAt: 103_000 })).toMatchObject({ verdict: 'cut' })
  })
  it('that keeps copies is never called cut', () => {
    expect(hop([], { terms: { ...terms, hops: ['copies'] } })).toMatchObject({
      verdict: 'not_testable',
      why: '3 places keep a copy. Nobody can try them from here.',
    })
  })
})

describe('who must keep access', () => {
  const keeper = (text: string, evidence: SeenProbe['evidence'] = 'login') =>
    figuresOf(seen([...tries('+++---'), ...tries(text, 'keep:0', evidence)]))
  it('kept it, lost it, or could not be tried', () => {
    expect(keeper('++++++')).toMatchObject({ falseCuts: 0, keepers: [{ verdict: 'kept', tries: 6 }] })
    expect(keeper('++++-+')).toMatchObject({ falseCuts: 1, keepers: [{ verdict: 'lost', lostSeconds: 1 }] })
    expect(keeper('---')).toMatchObject({ falseCuts: 0, keepers: [{ verdict: 'not_testable' }] })
    expect(keeper('++++++', 'source')).toMatchObject({ keepers: [{ verdict: 'not_testable' }] })
  })
})

describe('the whole', () => {
  it('is the worst of what could be tried', () => {
    const both = { ...terms, hops: ['source' as const, 'sessions' as const, 'copies' as const] }
    const probes = [...tries('+++----'), ...tries('+++++++++--', 'sessions', 'session')]
    expect(figuresOf(seen(probes, { terms: both }))).toMatchObject({ verdict: 'late', seconds: 6.02 })
  })
  it('proves nothing good when it was stopped', () => {
    expect(figuresOf(seen(tries('+++----'), { end: 'rolled_back' }))).toMatchObject({
      verdict: 'not_testable',
      seconds: null,
      isStopped: true,
    })
    expect(figuresOf(seen(tries('++++++++++'), { end: 'rolled_back' }))).toMatchObject({
      verdict: 'leaked',
      isStopped: true,
    })
  })
})

it('takes the percentile by nearest rank', () => {
  expect([percentile([], 0.5), percentile([3, 1, 2], 0.5), percentile([1, 2, 3], 0.95)]).toEqual([null, 2, 3])
})
