import { describe, expect, it } from 'vitest'
import { placePoints } from './trend-line'

const at = (day: string, value: number) => ({ day, value })

describe('the points of a trend', () => {
  it('keep the distance of their days and fill the height', () => {
    const placed = placePoints([at('2026-11-01', 10), at('2026-11-02', 30), at('2026-11-11', 20)])
    const [one, two, three] = placed
    expect(one).toEqual({ x: 6, y: 90 })
    expect(two?.y).toBe(6)
    expect(three).toEqual({ x: 594, y: 48 })
    expect((two?.x ?? 0) - 6).toBeCloseTo((594 - 6) / 10)
  })

  it('lie in the middle when there is only one, or nothing moves', () => {
    expect(placePoints([at('2026-11-01', 7)])).toEqual([{ x: 300, y: 48 }])
    expect(placePoints([at('2026-11-01', 7), at('2026-11-02', 7)]).map(({ y }) => y)).toEqual([48, 48])
    expect(placePoints([])).toEqual([])
  })
})
