import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf, isTimeZone, nextDigest } from './due-dates'

const oslo = { timeZone: 'Europe/Oslo', hour: 8, weekday: 1 }
const next = (now: string, way: 'daily' | 'weekly', time = oslo) => nextDigest(new Date(now), way, time).toISOString()

describe('the next digest', () => {
  it('comes at the hour of the wall, in winter and in summer', () => {
    expect(next('2026-01-10T12:00:00Z', 'daily')).toBe('2026-01-11T07:00:00.000Z')
    expect(next('2026-07-10T12:00:00Z', 'daily')).toBe('2026-07-11T06:00:00.000Z')
    expect(next('2026-07-10T05:59:59Z', 'daily')).toBe('2026-07-10T06:00:00.000Z')
    expect(next('2026-07-10T06:00:00Z', 'daily')).toBe('2026-07-11T06:00:00.000Z')
  })

  it('keeps to the hour over the days on which clocks are set', () => {
    expect(next('2026-03-28T12:00:00Z', 'daily')).toBe('2026-03-29T06:00:00.000Z')
    expect(next('2026-10-24T12:00:00Z', 'daily')).toBe('2026-10-25T07:00:00.000Z')
  })

  it('comes once where an hour is left out, and once where it is there twice', () => {
    const night = { ...oslo, hour: 2 }
    expect(next('2026-03-28T12:00:00Z', 'daily', night)).toBe('2026-03-29T01:00:00.000Z')
    expect(next('2026-03-29T01:00:00Z', 'daily', night)).toBe('2026-03-30T00:00:00.000Z')
    expect(next('2026-10-24T12:00:00Z', 'daily', night)).toBe('2026-10-25T00:00:00.000Z')
    expect(next('2026-10-25T00:00:00Z', 'daily', night)).toBe('2026-10-26T01:00:00.000Z')
  })

  it('comes on its weekday', () => {
    expect(next('2026-11-23T07:00:00Z', 'weekly')).toBe('2026-11-30T07:00:00.000Z')
    expect(next('2026-11-23T06:59:00Z', 'weekly')).toBe('2026-11-23T07:00:00.000Z')
    expect(next('2026-11-21T12:00:00Z', 'weekly', { ...oslo, weekday: 7 })).toBe('2026-11-22T07:00:00.000Z')
    expect(next('2026-10-20T12:00:00Z', 'weekly', { timeZone: 'Asia/Kathmandu', hour: 0, weekday: 3 })).toBe(
      '2026-10-20T18:15:00.000Z',
    )
  })

  it('is always ahead, within its day or week and two hours, and never the same twice', () => {
    const zones = [
      'UTC',
      'Europe/Oslo',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'Pacific/Apia',
      'America/St_Johns',
    ]
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-01-01'), max: new Date('2029-01-01'), noInvalidDate: true }),
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('daily' as const, 'weekly' as const),
        (now, timeZone, hour, weekday, way) => {
          const time = { timeZone, hour, weekday }
          const first = nextDigest(now, way, time)
          const second = nextDigest(first, way, time)
          const hours = (second.getTime() - first.getTime()) / 3_600_000
          const usual = way === 'daily' ? 24 : 168
          expect(first.getTime()).toBeGreaterThan(now.getTime())
          expect(first.getTime() - now.getTime()).toBeLessThanOrEqual((usual + 2) * 3_600_000)
          expect(Math.abs(hours - usual)).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

it('finds the moment of a wall time, and knows time zones', () => {
  const wall = Date.UTC(2026, 2, 29, 2, 30)
  expect(new Date(instantOf(wall, 'Europe/Oslo')).toISOString()).toBe('2026-03-29T01:30:00.000Z')
  expect([isTimeZone('Europe/Oslo'), isTimeZone('Mars/Olympus')]).toEqual([true, false])
})
