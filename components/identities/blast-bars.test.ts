import { describe, expect, it } from 'vitest'
import { bandOf } from '@/lib/access-graph/score'
import { blastBars } from './blast-bars'

/** As the day's point is counted. */
function barsOf(scores: readonly number[]) {
  const distribution = Array.from(
    { length: 10 },
    (_, decade) => scores.filter((score) => Math.min(9, Math.floor(score / 10)) === decade).length,
  )
  return blastBars(distribution, scores.filter((score) => bandOf(score) === 'critical').length)
}

describe('the bars of the distribution', () => {
  it('divide the ten points in which critical begins, and name each band that they touch', () => {
    const bars = barsOf([3, 79.9, 80, 84.9, 85, 89.9, 90, 100])
    expect(bars.map(({ from, to }) => `${from}-${to}`).slice(0, 3)).toEqual(['90-100', '80-90', '70-80'])
    expect(bars[0]).toMatchObject({ value: 2, parts: [{ band: 'critical', value: 2 }] })
    expect(bars[1]).toMatchObject({
      value: 4,
      parts: [
        { band: 'high', value: 2 },
        { band: 'critical', value: 2 },
      ],
    })
    expect(bars[2]).toMatchObject({ value: 1, parts: [{ band: 'high', value: 1 }] })
    expect(bars.at(-1)).toMatchObject({ value: 1, parts: [{ band: 'low', value: 1 }] })
  })

  it('hold every score in the band that it has', () => {
    const scores = Array.from({ length: 1001 }, (_, tenth) => tenth / 10)
    const counted: Record<string, number> = {}
    for (const { value, parts } of barsOf(scores)) {
      expect(parts.reduce((sum, part) => sum + part.value, 0)).toBe(value)
      for (const part of parts) counted[part.band] = (counted[part.band] ?? 0) + part.value
    }
    expect(counted).toEqual({
      low: scores.filter((score) => bandOf(score) === 'low').length,
      moderate: scores.filter((score) => bandOf(score) === 'moderate').length,
      high: scores.filter((score) => bandOf(score) === 'high').length,
      critical: scores.filter((score) => bandOf(score) === 'critical').length,
    })
  })
})
