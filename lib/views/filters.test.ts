import { describe, expect, it } from 'vitest'
import { identitiesHref } from '@/lib/identities/address'
import { isSameQuery, parametersOf, queryOfSearch } from './address'
import { filterOf, readQuery, readViewDocument } from './filters'
import { builtInViews, viewHref, viewLink } from './rules'

describe('the parameters of a view', () => {
  it('come back in one form, whatever order and repetition they were written in', () => {
    const one = readQuery('identities', { owner: 'none', kind: 'bot,bot,workload' })
    const other = queryOfSearch(
      'identities',
      new URLSearchParams('?kind=bot,workload&owner=none&cursor=x&selected=y&from=z'),
    )
    expect(one).toEqual({ query: { kind: 'bot,workload', owner: 'none' }, problems: {} })
    expect(isSameQuery(one.query, other)).toBe(true)
    expect(isSameQuery(one.query, { ...other, owner: 'mine' })).toBe(false)
    expect(isSameQuery({}, other)).toBe(false)
  })

  it('are refused by name, with the reason of the list', () => {
    const { query, problems } = readQuery('identities', {
      age: 'old',
      cursor: 'abc',
      kind: 'robot',
      __proto__x: '1',
      toString: '1',
      density: 'compact',
    })
    expect(query).toEqual({ density: 'compact' })
    expect(problems.age).toBe('Write a number of days, such as 90d.')
    expect(problems.kind).toMatch(/./)
    expect(Object.keys(problems).sort()).toEqual(['__proto__x', 'age', 'cursor', 'kind', 'toString'])
  })

  it('hold everything of a list but where the reader is in it', () => {
    for (const list of ['identities', 'credentials'] as const) {
      const names = parametersOf(list)
      expect(names).toEqual(expect.arrayContaining(['q', 'status', 'sort', 'dir', 'cols', 'density']))
      for (const name of ['cursor', 'skip', 'limit', 'selected', 'tab', 'view', 'from'])
        expect(names).not.toContain(name)
    }
  })

  it('of a search for paths are its ends and kinds, and lead back to it', () => {
    const start = '0198c0de-0000-7000-8000-000000000001'
    const { query, problems } = readQuery('paths', { start, kinds: 'assumes,grants', k: '10', end: 'x' })
    expect(query).toEqual({ start, kinds: 'assumes,grants', k: '10' })
    expect(Object.keys(problems)).toEqual(['end'])
    expect(viewHref({ id: 'x', list: 'paths', query })).toMatch(/^\/explore\?/)
    expect(filterOf({ list: 'paths', query })).toBeUndefined()
  })

  it('give the filter of the list without sort and look', () => {
    const asked = filterOf({ list: 'identities', query: { kind: 'bot', sort: 'oldest', density: 'compact' } })
    expect(asked).toEqual({ list: 'identities', filter: { kind: ['bot'] } })
  })
})

describe('the views that come with the product', () => {
  it.each(builtInViews.map((view) => [view.id, view] as const))('%s is known to its list', (_id, view) => {
    const { query, problems } = readQuery(view.list, view.query)
    expect(problems).toEqual({})
    expect(query).toEqual(view.query)
  })

  it('have ids and names of their own', () => {
    const ids = builtInViews.map(({ id }) => id)
    const names = builtInViews.map(({ list, name }) => `${list} ${name}`)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(names).size).toBe(names.length)
  })

  it('open at an address that the list would write itself', () => {
    const view = { id: 'x', list: 'identities' as const, query: { kind: 'bot,workload', owner: 'none' } }
    const href = new URL(viewHref(view), 'http://localhost')
    const own = new URL(identitiesHref({ kind: ['bot', 'workload'], owner: ['none'] }), 'http://localhost')
    href.searchParams.delete('from')
    expect([...href.searchParams]).toEqual([...own.searchParams])
    expect(viewLink({ id: 'x', list: 'credentials' })).toBe('/inventory?tab=credentials&view=x')
  })
})

describe('a file of views', () => {
  const refusal = (text: string) => {
    try {
      readViewDocument(text)
    } catch (error) {
      return error
    }
    return undefined
  }

  it('is refused with the field that is wrong, before it is sent', () => {
    expect(refusal('{')).toMatchObject({ message: 'The file is not JSON.' })
    const wrote = 'Choose a file of views that Bailiwick wrote.'
    expect(refusal('[]')).toMatchObject({ code: 'invalid_input', message: wrote, fields: { file: wrote } })
    const file = (rest: object) => JSON.stringify({ format: 'bailiwick-views', version: 1, ...rest })
    expect(refusal(file({ views: [{ list: 'nope', name: 'a', query: 3 }] }))).toMatchObject({
      fields: {
        'views.0.list': 'It is missing, or is not what stands here in a file that Bailiwick wrote.',
        'views.0.query': expect.stringMatching(/^It is missing/),
      },
    })
    expect(refusal(file({ views: [], colour: 'red' }))).toMatchObject({ message: expect.stringContaining('colour') })
    expect(refusal('{"format":"x","version":1,"views":[]}')).toMatchObject({ fields: { format: expect.any(String) } })
    const views = [{ list: 'identities', name: '', query: {} }]
    expect(refusal(JSON.stringify({ format: 'bailiwick-views', version: 1, views }))).toMatchObject({
      fields: { 'views.0.name': expect.stringContaining('name') },
    })
    expect(refusal(' '.repeat(1_000_001))).toMatchObject({ message: expect.stringContaining('1 MB') })
  })
})
