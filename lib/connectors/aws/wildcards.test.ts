import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { covers, intersect, matches, overlaps } from './wildcards'

const text = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 8 })
const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 6 })

describe('wildcards', { timeout: 30_000 }, () => {
  it('matches as IAM does', () => {
    expect(matches('s3:Get*', 's3:GetObject')).toBe(true)
    expect(matches('s3:Get?bject', 's3:GetObject')).toBe(true)
    expect(matches('*Object*Acl', 'PutObjectVersionAcl')).toBe(true)
    expect(matches('s3:Get*', 's3:PutObject')).toBe(false)
    expect(matches('', 'a')).toBe(false)
  })

  it('does not let ? cover *', () => {
    expect(covers('Get?', 'Get*')).toBe(false)
    expect(covers('Get*', 'Get?')).toBe(true)
  })

  it('never claims to cover what it does not match, and sees every overlap', () => {
    fc.assert(
      fc.property(pattern, pattern, text, (left, right, word) => {
        const inBoth = matches(left, word) && matches(right, word)
        if (inBoth) expect(overlaps(left, right)).toBe(true)
        if (covers(left, right) && matches(right, word)) expect(matches(left, word)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('overlaps only where a common text exists', () => {
    expect(overlaps('a*b', '*c')).toBe(false)
    expect(overlaps('a*', '*b')).toBe(true)
    expect(overlaps('a', 'a?')).toBe(false)
  })

  it('intersects to no less than what both hold, and exactly unless marked', () => {
    const set = fc.oneof(
      fc.array(pattern, { maxLength: 3 }).map((include) => ({ include })),
      fc.array(pattern, { maxLength: 3 }).map((exclude) => ({ exclude })),
    )
    const holds = (names: { include: string[] } | { exclude: string[] }, word: string) =>
      'include' in names ? names.include.some((p) => matches(p, word)) : !names.exclude.some((p) => matches(p, word))
    fc.assert(
      fc.property(set, set, text, (left, right, word) => {
        const { set: result, partial } = intersect(left, right)
        const inBoth = holds(left, word) && holds(right, word)
        if (inBoth) expect(holds(result, word)).toBe(true)
        if (!partial && holds(result, word)) expect(inBoth).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('stays fast on a hostile pattern', () => {
    const started = performance.now()
    matches(`${'*a'.repeat(500)}b`, 'a'.repeat(2000))
    overlaps(`${'*a'.repeat(500)}b`, `${'a*'.repeat(500)}c`)
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
