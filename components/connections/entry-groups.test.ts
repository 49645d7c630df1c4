import { describe, expect, it } from 'vitest'
import { groupEntries } from './entry-groups'

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
  it('takes the numbers from what was counted, and shows what is not listed at all', () => {
    const groups = groupEntries(
      [{ at: 'line 1', reason: 'has 4 cells' }],
      [
        { reason: 'has … cells', count: 99_000, samples: ['line 1'] },
        { reason: 'has no name', count: 2, samples: ['line 7'] },
      ],
    )
    expect(groups).toEqual([
      { reason: 'has 4 cells', count: 99_000, entries: [{ at: 'line 1', reason: 'has 4 cells' }] },
      { reason: 'has no name', count: 2, entries: [{ at: 'line 7', reason: 'has no name' }] },
    ])
  })
})
