import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { searchWords } from './address-parsers'
import { droppedParameters, keptSearch } from './dropped-parameters'
import { listOf, parsersFor } from './query-parsers'
import { changedSearch } from './write-address'

const parsers = parsersFor({ kind: listOf(z.enum(['bot', 'workload'])).optional(), q: z.string().max(5).optional() })
const search = new URLSearchParams('kind=human&colour=red&q=ok&view=1&q=no&__proto__=x')

describe('droppedParameters', () => {
  it('names what nobody reads, what has no such value, and what stands there twice', () => {
    expect(droppedParameters(search, parsers, ['view'])).toEqual([
      { at: 0, name: 'kind', text: 'human', why: 'malformed' },
      { at: 1, name: 'colour', text: 'red', why: 'unknown' },
      { at: 4, name: 'q', text: 'no', why: 'repeated' },
      { at: 5, name: '__proto__', text: 'x', why: 'unknown' },
    ])
    expect(droppedParameters(new URLSearchParams('kind=bot,workload&q=a'), parsers)).toEqual([])
  })

  it('leaves the rest of the address as it was', () => {
    expect(keptSearch(search, parsers, ['view'])).toBe('?q=ok&view=1')
    expect(keptSearch(new URLSearchParams('a=b'), parsers)).toBe('')
  })
})

describe('a secret in an address', () => {
  it('is left aside and not repeated', () => {
    const key = ['glpat', 'abcdefghij0123456789'].join('-')
    const words = { q: searchWords(200) }
    expect(droppedParameters(new URLSearchParams({ q: key }), words)).toEqual([
      { at: 0, name: 'q', text: '…', why: 'malformed' },
    ])
    expect(droppedParameters(new URLSearchParams({ q: 'billing' }), words)).toEqual([])
  })
})

describe('changedSearch', () => {
  it('sets and takes away, and leaves alone what it is not told of', () => {
    expect(changedSearch(parsers, '?q=a&kind=bot&tab=x', { kind: ['bot', 'workload'], q: null })).toBe(
      '?kind=bot,workload&tab=x',
    )
    expect(changedSearch(parsers, '?q=a', { q: null, colour: 'red' })).toBe('')
    expect(changedSearch(parsers, '', {})).toBe('')
  })
})
