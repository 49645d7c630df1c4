import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bandOf, cellCount, factorsOf, hoursOfYear, type ScoreInputs, scoreBands, scoreOf } from './score'

const empty: ScoreInputs = { cells: new Array<number>(cellCount).fill(0), identities: 0, hours: null }
const hours = fc.oneof(
  fc.double({ min: 0, max: 20_000, noNaN: true }),
  fc.constant(null),
  fc.constant(Number.POSITIVE_INFINITY),
)
const inputs = fc.record({
  cells: fc.array(fc.nat({ max: 100_000 }), { minLength: cellCount, maxLength: cellCount }),
  identities: fc.nat({ max: 1_000_000 }),
  hours,
})

describe('the score', () => {
  it('is what its formula says', () => {
    const cells = [...(empty.cells as number[])]
    // Three restricted resources with administration, one of unknown sensitivity to read.
    cells[4 * 5 + 4] = 3
    cells[0 * 5 + 1] = 1
    const { reach, alter, persist } = factorsOf({ cells, identities: 5, hours: 24 })
    expect(reach).toBeCloseTo(Math.log2(1 + 5 + 24 + 2) / 16, 12)
    expect(alter).toBeCloseTo(Math.log2(1 + 5 + 3 * 8 * 16 + 2) / 20, 12)
    expect(persist).toBeCloseTo(Math.log2(25) / Math.log2(8761), 12)
    expect(scoreOf({ cells, identities: 5, hours: 24 })).toBe(
      Math.round(1000 * Math.cbrt(reach * alter * persist)) / 10,
    )
  })

  it('is 0 where nothing is reached and nobody can be become, and where no credential lives', () => {
    expect(scoreOf({ ...empty, hours: Number.POSITIVE_INFINITY })).toBe(0)
    expect(scoreOf({ ...empty, identities: 1000, hours: 0 })).toBe(0)
  })

  it('is 100 at most, and counts what is not known and what never ends as a year', () => {
    const all = { cells: new Array<number>(cellCount).fill(1e6), identities: 1e6 }
    expect(scoreOf({ ...all, hours: Number.POSITIVE_INFINITY })).toBe(100)
    fc.assert(
      fc.property(inputs, (each) => {
        const year = scoreOf({ ...each, hours: hoursOfYear })
        expect(scoreOf({ ...each, hours: null })).toBe(year)
        expect(scoreOf({ ...each, hours: Number.POSITIVE_INFINITY })).toBe(year)
      }),
    )
  })

  it('never rises when a resource, an identity, a level or hours are taken away', () => {
    fc.assert(
      fc.property(inputs, fc.nat({ max: cellCount - 1 }), fc.nat({ max: 4 }), hours, (each, cell, levels, shorter) => {
        const score = scoreOf(each)
        const cells = [...each.cells]
        if ((cells[cell] ?? 0) > 0) {
          cells[cell] = (cells[cell] ?? 0) - 1
          expect(scoreOf({ ...each, cells })).toBeLessThanOrEqual(score)
          // The same resource at a lower level.
          const lower = Math.max(cell - levels, Math.floor(cell / 5) * 5)
          cells[lower] = (cells[lower] ?? 0) + 1
          expect(scoreOf({ ...each, cells })).toBeLessThanOrEqual(score)
        }
        if (each.identities > 0)
          expect(scoreOf({ ...each, identities: each.identities - 1 })).toBeLessThanOrEqual(score)
        if ((shorter ?? hoursOfYear) <= (each.hours ?? hoursOfYear))
          expect(scoreOf({ ...each, hours: shorter })).toBeLessThanOrEqual(score)
      }),
      { numRuns: 1000 },
    )
  })

  it('falls into one band', () => {
    for (const { band, from } of scoreBands) expect(bandOf(from)).toBe(band)
    expect([bandOf(0), bandOf(29.9), bandOf(84.9), bandOf(100)]).toEqual(['low', 'low', 'high', 'critical'])
  })
})
