import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { identityParsers } from '@/lib/identities/address'
import { searchWords } from './address-parsers'
import { droppedParameters, type KnownValues, keptSearch } from './dropped-parameters'
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
    const keep = (query: URLSearchParams, ...rest: [string[]?, KnownValues?]) =>
      keptSearch(query, droppedParameters(query, parsers, ...rest))
    expect(keep(search, ['view'])).toBe('?q=ok&view=1')
    expect(keep(new URLSearchParams('a=b'))).toBe('')
    expect(keep(new URLSearchParams('cols=x,y&q=a'), ['q'], { cols: ['x'] })).toBe('?q=a')
  })

  it('names the values of a list that there are none of, and keeps the others', () => {
    const columns = { cols: identityParsers.cols, open: identityParsers.open }
    const query = new URLSearchParams('cols=owner,bogus.90!,name.240!,age&open=eu%252Cwest,foo')
    const known = { cols: ['name', 'owner'], open: ['eu,west'] }
    const dropped = droppedParameters(query, columns, [], known)
    expect(dropped).toEqual([
      { at: 0, name: 'cols', text: 'bogus.90!,age', why: 'partly', kept: 'owner,name.240!' },
      { at: 1, name: 'open', text: 'foo', why: 'partly', kept: 'eu%2Cwest' },
    ])
    expect(new URLSearchParams(keptSearch(query, dropped)).get('cols')).toBe('owner,name.240!')
    expect(droppedParameters(query, columns, [], { cols: undefined })).toEqual([])
    expect(droppedParameters(new URLSearchParams('cols=bogus'), columns, [], known)).toEqual([
      { at: 0, name: 'cols', text: 'bogus', why: 'partly', kept: '' },
    ])
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
