import { describe, expect, it } from 'vitest'
import { countEntries, groupEntries } from './entry-groups'

describe('groupEntries', () => {
  it('groups by reason, whatever numbers and quotations it has, the most frequent first', () => {
    const groups = groupEntries([
      { at: 'line 1', reason: 'has no name' },
      { at: 'line 2', reason: 'has 4 cells instead of 3' },
      { at: 'line 3', reason: 'has 5 cells instead of 3' },
    ])
    expect(groups.map(({ reason, count }) => [reason, count])).toEqual([
      ['has … cells instead of …', 2],
      ['has no name', 1],
    ])
    expect(groups[0]?.entries.map(({ at }) => at)).toEqual(['line 2', 'line 3'])
  })
  it('keeps a reason as it is when all entries say the same', () => {
    expect(groupEntries([1, 2].map((n) => ({ at: `line ${n}`, reason: 'is "x"' })))[0]?.reason).toBe('is "x"')
  })
  it('counts what is counted and not listed', () => {
    const entries = [
      { at: 'line 1', reason: 'has no name' },
      { at: 'line 9', reason: 'has no name', count: 99_000 },
    ]
    expect([countEntries(entries), groupEntries(entries)[0]?.count]).toEqual([99_001, 99_001])
  })
})
