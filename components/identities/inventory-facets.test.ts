import { describe, expect, it } from 'vitest'
import type { IdentityFacets } from '@/lib/identities/schema'
import { exceptionMenus, facetChange, identityFacetMenus } from './inventory-facets'

const none: IdentityFacets = {
  kind: [],
  environment: [],
  owner: [],
  privilege: [],
  status: [],
  source: [],
  trait: [],
}
const kinds = [
  { value: 'bot', count: 3 },
  { value: 'workload', count: 0 },
  { value: 'ai_agent', count: 0 },
]

describe('the menus of the filters', () => {
  it('leave out what no row is left of, but keep what is chosen, with its 0', () => {
    const menus = identityFacetMenus({ kind: ['workload'] }, { ...none, kind: kinds })
    const kind = menus.find(({ id }) => id === 'kind')
    expect(kind?.options.map(({ value, count }) => [value, count])).toEqual([
      ['bot', 3],
      ['workload', 0],
    ])
  })

  it('keep what is chosen and not counted at all, with 0 once there are counts', () => {
    const option = (facets: IdentityFacets | undefined) =>
      identityFacetMenus({ environment: ['moon'] }, facets).find(({ id }) => id === 'environment')?.options
    expect(option(none)).toEqual([{ value: 'moon', label: 'moon', count: 0 }])
    expect(option(undefined)).toEqual([{ value: 'moon', label: 'moon', count: undefined }])
  })

  it('offer the exceptions, and who has none only where that is asked for already', () => {
    expect(exceptionMenus({}).map(({ id, selected }) => [id, selected])).toEqual([['excepted', []]])
    const asked = exceptionMenus({ excepted: ['rotation'], notExcepted: ['expiry'] })
    expect(asked.map(({ id, selected, options: { length } }) => [id, selected, length])).toEqual([
      ['excepted', ['rotation'], 4],
      ['notExcepted', ['expiry'], 4],
    ])
    expect(facetChange('excepted', ['usage'])).toEqual({ excepted: ['usage'] })
    expect(facetChange('notExcepted', [])).toEqual({ notExcepted: null })
  })
})
