import { describe, expect, it } from 'vitest'
import { changePath, changeSentence } from './jewel-words'

describe('a change of who reaches a crown jewel', () => {
  it('says what was gained and lost', () => {
    expect(changeSentence({ change: 'gained', before: null, after: 'write' })).toBe('can reach it now: write')
    expect(changeSentence({ change: 'gained', before: null, after: null })).toBe('can become it now')
    expect(changeSentence({ change: 'lost', before: 'secret_read', after: null })).toBe(
      'can reach it no more; it was secret read',
    )
  })

  it('says which privilege stands in place of which', () => {
    expect(changeSentence({ change: 'raised', before: 'read', after: 'admin' })).toBe(
      'can do more with it: admin instead of read',
    )
    expect(changeSentence({ change: 'lowered', before: 'admin', after: 'unknown' })).toBe(
      'can do less with it: not known instead of admin',
    )
  })

  it('shows the way by its names', () => {
    expect(
      changePath([
        { kind: 'assumes', name: 'a' },
        { kind: 'grants', name: 'b' },
      ]),
    ).toBe('a › b')
  })
})
