import { describe, expect, it } from 'vitest'
import { readSeq, toFilter } from './filters'

const nothing = { q: '', actor: null, action: null, targetKind: null, targetId: null, since: null }

describe('toFilter', () => {
  it('sends nothing that is not set', () => expect(toFilter(nothing, new Date())).toEqual({}))

  it('counts relative times from the minute, so that a page asks the same question for a minute', () => {
    const now = new Date('2026-03-29T01:30:45.678Z')
    expect(toFilter({ ...nothing, since: '24h' }, now)).toEqual({ from: '2026-03-28T01:30:00.000Z' })
  })
})

describe('readSeq', () => {
  it('takes whole numbers from 1 on and nothing else', () => {
    expect(readSeq('17')).toBe(17)
    for (const text of [null, '', '0', '-1', '1.5', 'abc', '1e3', '9'.repeat(16)]) expect(readSeq(text)).toBeUndefined()
  })
})
