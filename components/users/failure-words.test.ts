import { describe, expect, it } from 'vitest'
import { failureOf } from './failure-words'

describe('failureOf', () => {
  it('says how long a lock-out lasts', () => {
    expect(failureOf('rate_limited.840')).toEqual({
      text: 'Too many attempts. Wait 14 minutes, then try again.',
      isLockOut: true,
      retryAfterSeconds: 840,
    })
    expect(failureOf('rate_limited.5').text).toContain('5 seconds')
  })

  it.each(['rate_limited.99999999', 'rate_limited.-1', 'rate_limited.x', 'rate_limited'])('bounds %s', (code) => {
    expect(failureOf(code).retryAfterSeconds).toBeGreaterThan(0)
    expect(failureOf(code).retryAfterSeconds).toBeLessThanOrEqual(3600)
  })

  it.each(['constructor', '<script>alert(1)</script>', '__proto__', ''])('repeats nothing of %j', (code) => {
    expect(failureOf(code).text).toMatch(/^Signing in failed on our side/)
  })
})
