import { describe, expect, it } from 'vitest'
import { isOpenAt, nextOpening, type Window } from './window'

const at = (text: string) => Date.parse(text)
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const berlin: Window = { timeZone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], from: '22:00', to: '04:00' }

describe('a window', () => {
  it('is always open where there is none', () => {
    expect(nextOpening(null, at('2026-03-01T12:00:00Z'))).toBe(at('2026-03-01T12:00:00Z'))
  })

  it('opens at its time of day in its own zone', () => {
    // Monday in winter: one hour ahead of UTC.
    expect(iso(nextOpening(berlin, at('2026-01-05T12:00:00Z')))).toBe('2026-01-05T21:00:00.000Z')
    // Monday in summer: two.
    expect(iso(nextOpening(berlin, at('2026-07-06T12:00:00Z')))).toBe('2026-07-06T20:00:00.000Z')
  })

  it('goes on past midnight, also into a day on which it does not open', () => {
    // Saturday 03:59 and 04:00 in Berlin, of the window that opened on Friday.
    expect(isOpenAt(berlin, at('2026-01-10T02:59:00Z'))).toBe(true)
    expect(isOpenAt(berlin, at('2026-01-10T03:00:00Z'))).toBe(false)
    expect(iso(nextOpening(berlin, at('2026-01-10T03:00:00Z')))).toBe('2026-01-12T21:00:00.000Z')
  })

  it('opens once where a clock is put back over its beginning, and at the next moment where it is put forward', () => {
    const night: Window = { timeZone: 'Europe/Berlin', days: [7], from: '02:30', to: '03:30' }
    // 25 October 2026: 02:30 comes twice; the first is 00:30 UTC.
    expect(iso(nextOpening(night, at('2026-10-24T12:00:00Z')))).toBe('2026-10-25T00:30:00.000Z')
    // 29 March 2026: there is no 02:30; at 03:30 of the clock it is 01:30 UTC.
    const opening = nextOpening(night, at('2026-03-28T12:00:00Z')) ?? 0
    expect(opening).toBeGreaterThanOrEqual(at('2026-03-29T01:00:00Z'))
    expect(opening).toBeLessThanOrEqual(at('2026-03-29T01:30:00Z'))
  })

  it('is a whole day where it ends when it begins', () => {
    const sunday: Window = { timeZone: 'UTC', days: [7], from: '00:00', to: '00:00' }
    expect(isOpenAt(sunday, at('2026-01-11T23:59:59Z'))).toBe(true)
    expect(isOpenAt(sunday, at('2026-01-12T00:00:00Z'))).toBe(false)
    expect(isOpenAt(sunday, at('2026-01-10T23:59:59Z'))).toBe(false)
  })

  it('never opens without days', () => {
    expect(nextOpening({ ...berlin, days: [] }, at('2026-01-10T03:00:00Z'))).toBeNull()
  })

  it('is open at every opening that it names, in zones far apart, over two years', () => {
    for (const timeZone of ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham', 'Australia/Lord_Howe'])
      for (let now = at('2026-01-01T00:00:00Z'); now < at('2028-01-01T00:00:00Z'); now += 61 * 3_600_000) {
        const window: Window = { timeZone, days: [2, 6], from: '02:15', to: '05:00' }
        const opening = nextOpening(window, now)
        expect(opening).not.toBeNull()
        expect(opening ?? 0).toBeGreaterThanOrEqual(now)
        expect((opening ?? 0) - now).toBeLessThan(8 * 86_400_000)
        expect(isOpenAt(window, opening ?? 0)).toBe(true)
        if ((opening ?? 0) > now) expect(isOpenAt(window, (opening ?? 0) - 1000)).toBe(false)
      }
  })
})
