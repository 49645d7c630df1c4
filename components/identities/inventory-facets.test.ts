import { describe, expect, it } from 'vitest'
import type { IdentityFacets } from '@/lib/identities/schema'
import { identityFacetMenus } from './inventory-facets'

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
})
