import { describe, expect, it } from 'vitest'
import { AppError } from '@/lib/platform/errors'
import { isWorthRetrying } from './worth-retrying'

describe('another attempt', () => {
  it('is for what may pass, not for refusals', () => {
    expect(isWorthRetrying(new Error('connection lost'))).toBe(true)
    expect(isWorthRetrying(new AppError('upstream_failed', 'down'))).toBe(true)
    expect(isWorthRetrying(new AppError('conflict', 'busy', { retryAfterSeconds: 5 }))).toBe(true)
    expect(isWorthRetrying(new AppError('conflict', 'moved on'))).toBe(false)
    expect(isWorthRetrying(new AppError('precondition_failed', 'too much'))).toBe(false)
  })
})
