import { describe, expect, it } from 'vitest'
import { ageStanding } from './age-bar'

describe('ageStanding', () => {
  it('is over only past the policy, and due in its last fifth', () => {
    expect(ageStanding(0, 90)).toBe('within')
    expect(ageStanding(72, 90)).toBe('within')
    expect(ageStanding(73, 90)).toBe('due')
    expect(ageStanding(90, 90)).toBe('due')
    expect(ageStanding(91, 90)).toBe('over')
    expect(ageStanding(undefined, 90)).toBe('unknown')
  })
})
