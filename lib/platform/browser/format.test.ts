import { describe, expect, it } from 'vitest'
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDate,
  formatDateTime,
  formatDuration,
  formatIso,
  formatRelative,
  formatWord,
} from './format'

const now = Date.UTC(2026, 2, 14, 9, 30)
const day = 86_400_000

describe('format', () => {
  it('writes absolute times in UTC', () => {
    expect(formatDate(now)).toBe('14 Mar 2026')
    expect(formatDateTime('2026-03-14T10:30:00+01:00')).toBe('14 Mar 2026, 09:30:00 UTC')
    expect(formatIso(now)).toBe('2026-03-14T09:30:00.000Z')
  })

  it('says unknown for what is no date', () => {
    expect(formatDate('soon')).toBe('unknown')
    expect(formatRelative('', now)).toBe('unknown')
    expect(formatIso('soon')).toBeUndefined()
  })

  it('tells the past from the future', () => {
    expect(formatRelative(now - 10_000, now)).toBe('just now')
    expect(formatRelative(now + 10_000, now)).toBe('in under a minute')
    expect(formatRelative(now - 3 * 3_600_000, now)).toBe('3 h ago')
    expect(formatRelative(now + 9 * day, now)).toBe('in 9 days')
  })

  it('rounds what is past down and what is to come to the nearest', () => {
    expect(formatRelative(now + 7 * day - 5_000, now)).toBe('in 7 days')
    expect(formatRelative(now + 3_600_000 - 1_000, now)).toBe('in 1 h')
    expect(formatRelative(now + 90 * day - 5_000, now)).toBe('in 3 months')
    expect(formatRelative(now + 61_000, now)).toBe('in 1 min')
    expect(formatRelative(now - 7 * day + 5_000, now)).toBe('6 days ago')
    expect(formatRelative(now - 3_599_000, now)).toBe('59 min ago')
  })

  it('takes what has happened a moment from now for a clock that is ahead', () => {
    expect([1, 59_999, 60_000].map((ahead) => formatAgo(now + ahead, now))).toEqual([
      'just now',
      'just now',
      'just now',
    ])
    expect(formatAgo(now + 61_000, now)).toBe('in 1 min')
    expect(formatAgo(now - 3 * 3_600_000, now)).toBe('3 h ago')
    expect(formatAgo('', now)).toBe('unknown')
  })

  it('uses the largest fitting unit', () => {
    expect(formatDuration(45_000)).toBe('45 s')
    expect(formatDuration(89 * day)).toBe('89 days')
    expect(formatDuration(120 * day)).toBe('3 months')
    expect(formatDuration(800 * day)).toBe('2 years')
  })

  it('counts, measures and words', () => {
    expect(formatCount(1, 'identity', 'identities')).toBe('1 identity')
    expect(formatCount(1204, 'identity', 'identities')).toBe('1,204 identities')
    expect(formatBytes(812)).toBe('812 B')
    expect(formatBytes(4_200)).toBe('4.2 KB')
    expect(formatBytes(18_000_000)).toBe('18 MB')
    expect(formatWord('service_account', true)).toBe('Service account')
  })
})
