import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { credentialTypes, identityKinds } from '@/lib/connectors/contract'
import { parsersFor } from '@/lib/platform/browser/query-parsers'
import {
  credentialParsers,
  credentialsHref,
  identitiesHref,
  identityFilterNames,
  identityParsers,
  identityQueryOf,
  textsOf,
} from './address'
import {
  CredentialFilter,
  CredentialQuery,
  IdentityFilter,
  IdentityQuery,
  isFiltered,
  overviewQuestions,
} from './filters'
import { loadCredentialState, loadIdentityState } from './server/load-address'
import {
  credentialSorts,
  credentialStatuses,
  exclusionRules,
  holders,
  identitySorts,
  identityStatuses,
  identityTraits,
  ownerFilters,
  privilegeFilters,
} from './values'

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
    excepted: some(exclusionRules),
    notExcepted: some(exclusionRules),
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

describe('words to search for', () => {
  it('are never a secret', () => {
    const q = ['npm', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('_')
    expect(IdentityFilter.safeParse({ q }).error?.issues).toMatchObject([
      { path: ['q'], message: expect.stringContaining('looks like a secret') },
    ])
    expect(CredentialFilter.safeParse({ q: 'npm_publisher' }).success).toBe(true)
  })
})

describe('the parsers of the address', () => {
  const words = [
    ...[
      ...identityKinds,
      ...credentialTypes,
      ...identityStatuses,
      ...credentialStatuses,
      ...identityTraits,
      ...holders,
    ],
    ...[...ownerFilters, ...privilegeFilters, ...identitySorts, ...credentialSorts, 'asc', 'desc', 'up'],
    ...[
      'expired',
      'never',
      'unknown',
      '90d',
      '0d',
      '99999d',
      '60',
      '40-50',
      '40-100',
      '100',
      '101',
      '',
      ' ',
      'x'.repeat(201),
    ],
    ...[
      '0198c0de-0000-7000-8000-000000000001',
      '0198C0DE-0000-7000-8000-00000000000F',
      '0198c0de-0000-7000-1000-000000000001',
    ],
    ...[
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      'é',
      'a%2Cb',
      '%25',
      '%2c',
      ' padded ',
    ],
  ]
  const text = fc.oneof(
    fc.constantFrom(...words),
    fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 60 }).map((items) => items.join(',')),
    fc.string({ maxLength: 250 }),
  )

  it.each([
    ['identities', identityParsers, IdentityQuery.omit({ cursor: true, skip: true, limit: true }).shape],
    ['credentials', credentialParsers, CredentialQuery.omit({ cursor: true, skip: true, limit: true }).shape],
  ] as const)('understand of %s what REST understands, and write the same', (_list, own, shape) => {
    const contracts = parsersFor(shape) as unknown as Record<string, (typeof own)['q']>
    const parsers = own as unknown as Record<string, (typeof own)['q']>
    expect(Object.keys(contracts).filter((name) => !(name in parsers))).toEqual([])
    const check = (name: string, given: string) => {
      const value = parsers[name]?.parse(given) ?? null
      expect([name, given, value]).toEqual([name, given, contracts[name]?.parse(given) ?? null])
      if (value !== null) expect(parsers[name]?.serialize(value)).toBe(contracts[name]?.serialize(value))
    }
    for (const name of Object.keys(contracts)) {
      for (const word of words) check(name, word)
      fc.assert(
        fc.property(text, (given) => check(name, given)),
        { numRuns: 300 },
      )
    }
  })

  it('name every filter', () => {
    expect(identityFilterNames.toSorted()).toEqual(Object.keys(IdentityFilter.shape).toSorted())
    const query = { kind: ['bot' as const], cursor: 'a,b', skip: 3, limit: 100, group: undefined }
    expect(textsOf('identities', query)).toEqual({ kind: 'bot', cursor: 'a,b', skip: '3', limit: '100' })
  })
})
