import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BlastFigures } from '@/lib/access-graph/blast-radius'
import {
  cellCount,
  factorsOf,
  fullAlter,
  fullReach,
  hoursOfYear,
  type Level,
  levels,
  scoreOf,
} from '@/lib/access-graph/score'
import {
  alterationWords,
  blastSentence,
  caveatSentence,
  differenceWord,
  hoursInWords,
  persistenceClause,
  persistenceWord,
  shareWord,
} from './blast-words'
import { workingOf } from './blast-working'

const none = Array.from({ length: cellCount }, () => 0)
const figures = (part: Partial<BlastFigures>): BlastFigures => ({
  score: 0,
  factors: { reach: 0, alter: 0, persist: 0 },
  cells: none,
  resources: 0,
  systems: 0,
  identities: 0,
  persistence: { hours: null, isUnbounded: false, credential: null },
  ...part,
})
const key = { id: 'c', name: 'deploy', expiresAt: null }

describe('blastSentence', () => {
  it('says reach, what is restricted of it, whom it can become, and for how long', () => {
    const cells = none.with(21, 12).with(6, 252)
    const persistence = { hours: hoursOfYear, isUnbounded: true, credential: key }
    expect(
      blastSentence({ isLive: true, figures: figures({ resources: 264, identities: 3, cells, persistence }) }),
    ).toBe(
      'Reaches 264 resources, 12 of them restricted, can become 3 other identities, and its credential deploy never expires.',
    )
  })

  it('says what is unknown as unknown, and one as one', () => {
    expect(
      blastSentence({ isLive: true, figures: figures({ resources: 1, cells: none.with(24, 1), identities: 1 }) }),
    ).toBe('Reaches 1 resource, a restricted one, can become 1 other identity, and how long that lasts is not known.')
    expect(blastSentence({ isLive: true, figures: figures({ identities: 2 }) })).toBe(
      'Reaches no resource that is known, can become 2 other identities, and how long that lasts is not known.',
    )
  })

  it('is honest about nothing, and about what is disabled', () => {
    expect(blastSentence({ isLive: true, figures: figures({}) })).toMatch(/^Reaches no resource that is known/)
    expect(blastSentence({ isLive: false, figures: figures({}) })).toMatch(/^It is disabled or gone/)
  })
})

describe('persistence in words', () => {
  it('tells never, unknown, none and a time apart', () => {
    const own = (hours: number | null, isUnbounded = false) => ({ hours, isUnbounded, credential: key })
    expect(persistenceClause(own(8760, true))).toBe('its credential deploy never expires')
    expect(persistenceClause({ ...own(8760, true), credential: null })).toBe('a credential on the way never expires')
    expect(persistenceClause(own(24 * 41))).toBe('its credential deploy ends in 41 days')
    expect(persistenceClause(own(0))).toBe('none of the credentials on the way is live')
    expect(persistenceWord(own(null))).toBe('unknown')
    expect(persistenceWord(own(0))).toBe('none live')
    expect(hoursInWords(0.4)).toBe('less than an hour')
    expect(hoursInWords(30)).toBe('30 h')
    // What is to come is rounded to the nearest: a life of 7 days is one of 7 days a minute later too.
    expect([7 * 24 - 0.02, 24 - 0.02, 48 - 0.02].map(hoursInWords)).toEqual(['7 days', '24 h', '2 days'])
  })
})

describe('small words', () => {
  it('says shares, differences and caveats', () => {
    expect([0, 0.004, 0.12, 0.996, 1].map(shareWord)).toEqual(['none', 'under 1 %', '12 %', 'over 99 %', '100 %'])
    expect(differenceWord(71.4, 60.2, 1)).toBe('−11.2')
    expect(differenceWord(3, 3)).toBe('no change')
    expect(differenceWord(3, 1200)).toBe('+1,197')
    expect(caveatSentence({ kind: 'condition', count: 1 })).toBe(
      '1 step holds only under a condition, which counts as met.',
    )
    expect(caveatSentence({ kind: 'deny', count: 4 })).toContain('may reach less')
    expect(caveatSentence({ kind: 'open_end', count: 2 })).toContain('may reach more')
  })
})

describe('workingOf', () => {
  it('shows the numbers from which the score comes out again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(500), { minLength: cellCount, maxLength: cellCount }),
        fc.nat(40),
        fc.option(fc.integer({ min: 0, max: hoursOfYear })),
        (cells, identities, hours) => {
          const working = workingOf(
            figures({ cells, identities, persistence: { hours, isUnbounded: false, credential: null } }),
          )
          const reach = Math.min(1, Math.log2(1 + working.reachUnits) / fullReach)
          const alter = Math.min(1, Math.log2(1 + working.alterUnits) / fullAlter)
          const persist = Math.min(1, Math.log2(1 + working.hours) / Math.log2(1 + hoursOfYear))
          expect(factorsOf({ cells, identities, hours })).toEqual({ reach, alter, persist })
          expect(Math.round(1000 * Math.cbrt(reach * alter * persist)) / 10).toBe(scoreOf({ cells, identities, hours }))
          expect(working.areHoursAssumed).toBe(hours === null)
        },
      ),
    )
  })
})

describe('what can be altered', () => {
  const cells = (held: Partial<Record<Level, number>>) => {
    const counts = Array.from({ length: cellCount }, () => 0)
    for (const [level, count] of Object.entries(held)) counts[levels.indexOf(level as Level)] = count
    return counts
  }

  it('is told by what is held on it', () => {
    expect(alterationWords(cells({ admin: 3, secret_read: 1, write: 2, read: 9 }))).toBe(
      '3 administered, the secrets of 1 read, 2 written to',
    )
    expect(alterationWords(cells({ read: 9 }))).toBe('it only reads, as far as is known')
    expect(alterationWords(cells({}))).toBe('it reaches none')
  })
})
