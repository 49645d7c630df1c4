import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { identityKinds } from '@/lib/connectors/contract'
import {
  CredentialFilter,
  credentialsHref,
  IdentityFilter,
  identitiesHref,
  identityQueryOf,
  isFiltered,
  loadCredentialState,
  loadIdentityState,
  overviewQuestions,
  ownerFilters,
  privilegeFilters,
} from './filters'

const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 4 })
const days = fc.integer({ min: 1, max: 3650 }).map((n) => `${n}d`)
const word = fc.stringMatching(/^[a-zA-Z0-9 %_,.:/é-]{1,30}$/).filter((text) => text.trim() === text && text !== '')

const filter = fc.record(
  {
    q: word,
    kind: some(identityKinds),
    environment: fc.uniqueArray(word, { minLength: 1, maxLength: 4 }),
    owner: some(ownerFilters),
    privilege: some(privilegeFilters),
    age: days,
    expiry: fc.oneof(days, fc.constantFrom('expired', 'never')),
    used: fc.oneof(days, fc.constantFrom('never', 'unknown')),
  },
  { requiredKeys: [] },
)

describe('the filters of the inventory', () => {
  it('come back from the address as they went in', () => {
    fc.assert(
      fc.property(filter, (given) => {
        const address = new URL(identitiesHref(given), 'http://x')
        expect(identityQueryOf(loadIdentityState(address))).toEqual(given)
        expect(IdentityFilter.parse(Object.fromEntries(address.searchParams))).toEqual(given)
        expect(isFiltered(given)).toBe(Object.keys(given).length > 0)
      }),
      { numRuns: 500 },
    )
  })

  it('ignore in an address what the REST door refuses', () => {
    const bad = { kind: 'human', owner: 'none,nobody', age: '90', expiry: 'soon', used: '0d', q: '', dir: 'up' }
    expect(identityQueryOf(loadIdentityState(bad))).toEqual({})
    const { dir: _dir, ...filters } = bad
    const refused = IdentityFilter.safeParse(filters).error?.issues.map(({ path }) => String(path[0])) ?? []
    expect([...new Set(refused)].toSorted()).toEqual(Object.keys(filters).toSorted())
  })

  it('hold every question of the overview', () => {
    for (const { list, filter: asked } of overviewQuestions({ rotateAfterDays: 45, staleAfterDays: 60 })) {
      if (list === 'identities') {
        const state = loadIdentityState(new URL(identitiesHref(asked), 'http://x'))
        expect(identityQueryOf(state)).toEqual(asked)
        expect(state.tab).toBe('identities')
      } else {
        const address = new URL(credentialsHref(CredentialFilter.parse(z.encode(CredentialFilter, asked))), 'http://x')
        expect(loadCredentialState(address)).toMatchObject({ ...asked, tab: 'credentials' })
      }
    }
  })
})
