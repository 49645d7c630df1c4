import { describe, expect, it } from 'vitest'
import { RunEffect } from '@/lib/lifecycle/schema'
import {
  countdownWords,
  effectVerdicts,
  hopVerdicts,
  probeWords,
  secondsBetween,
  stopwatchWords,
  targetWords,
} from './run-words'

describe('words of runs', () => {
  it.each([
    [0, '0 s'],
    [400, '1 s'],
    [12_000, '12 s'],
    [252_000, '4 min 12 s'],
    [86_340_000, '23 h 59 min'],
    [187_200_000, '2 days 4 h'],
    [-5000, '0 s'],
  ])('counts %d ms down as %s', (ms, words) => expect(countdownWords(ms)).toBe(words))

  it.each([
    [0.312, '0.31 s'],
    [4.23, '4.2 s'],
    [41.9, '41 s'],
    [184, '3 min 4 s'],
    [-0.2, '0 s'],
  ])('tells %d seconds as %s', (seconds, words) => expect(stopwatchWords(seconds)).toBe(words))

  it('knows no length of time with an end that is not known', () => {
    expect(secondsBetween('2026-01-01T00:00:00Z', null)).toBeNull()
    expect(secondsBetween('2026-01-01T00:00:00Z', '2026-01-01T00:00:01.5Z')).toBe(1.5)
  })

  it('never draws the word of a source as a proof', () => {
    for (const effect of RunEffect.options) {
      const isToldOnly = effect === 'acknowledged' || effect.startsWith('source_says_')
      expect(effectVerdicts[effect].certainty === 'told', effect).toBe(isToldOnly)
    }
    expect(hopVerdicts.acknowledged.certainty).toBe('told')
    expect(hopVerdicts.sent.certainty).toBe('open')
    expect(hopVerdicts.refused.certainty).toBe('proved')
  })

  it('calls nothing a refused login but a login that was refused', () => {
    expect(probeWords({ evidence: 'login', answer: 'refused' })).toBe('a login was refused')
    expect(probeWords({ evidence: 'source', answer: 'refused' })).toBe('the source says off')
    expect(probeWords({ evidence: 'session', answer: 'accepted' })).toBe('a session is open')
  })

  it('counts what an order is about', () => {
    expect(targetWords([{ credentialId: null }])).toBe('1 identity')
    expect(targetWords([{ credentialId: 'a' }, { credentialId: 'b' }])).toBe('2 credentials')
    expect(targetWords([{ credentialId: 'a' }, { credentialId: null }])).toBe('2 identities and credentials')
  })
})
