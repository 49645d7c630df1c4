import { describe, expect, it } from 'vitest'
import { leastSeconds, marksOf, placeOf } from './lane-scale'

describe('the time axis of a run', () => {
  it('begins and ends where the run does, and never turns back', () => {
    for (const end of [leastSeconds, 30, 3600, 604_800]) {
      expect(placeOf(0, end)).toBe(0)
      expect(placeOf(end, end)).toBe(1)
      const places = Array.from({ length: 50 }, (_, index) => placeOf((index / 49) * end, end))
      expect(places.every((place, index) => index === 0 || place > (places[index - 1] ?? 1))).toBe(true)
    }
  })

  it('leaves the first second room, though a day follows it', () => {
    expect(placeOf(1, 86_400) - placeOf(0, 86_400)).toBeGreaterThan(0.05)
  })

  it('holds what is before the beginning and behind the end on the axis', () => {
    expect(placeOf(-3, 10)).toBe(0)
    expect(placeOf(50, 10)).toBe(1)
  })

  it('writes no mark over another, whatever the length', () => {
    for (const end of [0, 2, 7, 90, 5000, 90_000, 900_000]) {
      const marks = marksOf(end)
      expect(marks[0]?.label).toBe('0')
      expect(marks.length).toBeGreaterThan(2)
      expect(marks.every(({ place }, index) => index === 0 || place - (marks[index - 1]?.place ?? 0) >= 0.11)).toBe(
        true,
      )
    }
  })
})
