import fc from 'fast-check'
import { parseAsArrayOf, parseAsInteger, parseAsString } from 'nuqs/server'
import { describe, expect, it } from 'vitest'
import { changedSearch } from './write-address'

const parsers = {
  q: parseAsString,
  kind: parseAsArrayOf(parseAsString),
  limit: parseAsInteger.withDefault(50),
}
const changed = (search: string, change: Record<string, unknown>) => changedSearch(parsers, search, change)

describe('a changed address', () => {
  it('keeps what is not named and what nobody here knows', () => {
    expect(changed('?kind=bot&tab=2', { q: 'a' })).toBe('?kind=bot&tab=2&q=a')
    expect(changed('?kind=bot', { q: undefined, unknown: 1 })).toBe('?kind=bot')
  })

  it('leaves out what is taken away and what is meant anyway', () => {
    expect(changed('?q=a&limit=20', { q: null, limit: 50 })).toBe('')
    expect(changed('', { limit: 20 })).toBe('?limit=20')
  })

  it('stays readable', () => {
    expect(changed('', { kind: ['bot', 'workload'], q: 'owner:none a/b' })).toBe('?q=owner:none+a/b&kind=bot,workload')
  })

  it('gives back every text, whatever its letters', () => {
    const letter = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xd7ff }))
    const text = fc.array(letter, { minLength: 1 }).map((letters) => String.fromCodePoint(...letters))
    fc.assert(
      fc.property(text, text, (q, other) => {
        const search = changed(`?${new URLSearchParams({ other })}`, { q })
        const { searchParams } = new URL(search, 'https://example.com/list')
        expect([searchParams.get('q'), searchParams.get('other')]).toEqual([q, other])
      }),
    )
  })
})
