import { describe, expect, it } from 'vitest'
import { initials } from './avatar'

describe('initials', () => {
  it('takes the first and the last word', () => {
    expect(initials('Ana María Sørensen')).toBe('AS')
    expect(initials('data-eng')).toBe('DE')
    expect(initials('platform')).toBe('P')
  })

  it('keeps letters whole and never is empty', () => {
    expect(initials('😀 x')).toBe('😀X')
    expect(initials('  ')).toBe('?')
  })
})
