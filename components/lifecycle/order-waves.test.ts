import { describe, expect, it } from 'vitest'
import { waveStanding } from './order-waves'

const run = (state: Parameters<typeof waveStanding>[0][number]['state'], isOpen = false) => ({
  state,
  endedAt: isOpen ? null : '2026-06-01T12:00:00.000Z',
})

describe('a wave', () => {
  it('ended well only when all of it did, and failed when one was taken back, whatever else is under way', () => {
    expect(waveStanding([run('done'), run('done')], true)).toBe('done')
    expect(waveStanding([run('done'), run('waiting', true)], true)).toBe('now')
    expect(waveStanding([run('rolled_back'), run('waiting', true)], true)).toBe('failed')
    expect(waveStanding([run('done'), run('cancelled')], true)).toBe('done')
  })

  it('waits while the one before goes, and was left when that failed', () => {
    expect(waveStanding([run('queued', true)], false)).toBe('ahead')
    expect(waveStanding([run('cancelled')], false)).toBe('left')
  })
})
