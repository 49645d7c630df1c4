import { describe, expect, it } from 'vitest'
import type { EdgeRecord, MapResult, NormalisedRecord } from './contract'
import { type Power, withCrowds } from './crowds'

const realm = { type: 'resource', externalId: 'realm' } as const
const grant = (from: string, scopes: string[], more: Partial<EdgeRecord> = {}): EdgeRecord => ({
  type: 'entitlement',
  kind: 'grants',
  from: { type: 'role', externalId: from },
  to: realm,
  effect: 'allow',
  scopes,
  scopeCount: scopes.length,
  privilege: 'admin',
  basis: 'entitlement',
  ...more,
})
const person = (externalId: string): NormalisedRecord => ({
  type: 'human',
  externalId,
  name: externalId,
  reason: 'is one',
})
const power: Power = {
  key: 'users',
  name: 'Every user',
  scopes: ['manage-users', 'Impersonation'],
  isOn: ({ externalId }) => externalId === 'realm',
  isMember: ({ type }) => type === 'human',
}
const hops = (records: NormalisedRecord[]) => {
  const result: MapResult = { system: 'x', instance: 'x', instanceName: 'x', records, refused: [], unresolved: [] }
  return withCrowds(result, [power]).records.flatMap((record) =>
    record.type === 'entitlement' && record.kind === 'impersonates' ? [record] : [],
  )
}

describe('a right over a whole system', () => {
  it('leads by one node to everybody whom it is over', () => {
    const found = hops([grant('a', ['manage-users', 'view']), grant('b', ['impersonation']), person('p'), person('q')])
    expect(found.map(({ from, to, scopes, basis }) => [from.externalId, to.externalId, scopes, basis])).toEqual([
      ['a', 'everybody:users', ['manage-users'], 'entitlement'],
      ['b', 'everybody:users', ['impersonation'], 'entitlement'],
      ['everybody:users', 'p', [], 'inferred'],
      ['everybody:users', 'q', [], 'inferred'],
    ])
    expect(found[0]).not.toHaveProperty('privilege')
  })

  it('is put together from pieces, whichever of them holds the grants and which the members', () => {
    const ofPiece = (records: NormalisedRecord[], isPiece: boolean) => {
      const result: MapResult = { system: 'x', instance: 'x', instanceName: 'x', records, refused: [], unresolved: [] }
      const { records: all } = withCrowds(result, [power], isPiece)
      return all
        .slice(records.length)
        .map((record) => ('from' in record ? `${record.from.externalId} > ${record.to.externalId}` : record.type))
    }
    expect(ofPiece([grant('a', ['manage-users'])], true)).toEqual(['role', 'a > everybody:users'])
    expect(ofPiece([person('p')], true)).toEqual(['role', 'everybody:users > p'])
    expect(ofPiece([grant('a', ['view'])], true)).toEqual([])
    expect(ofPiece([grant('a', ['manage-users'])], false)).toEqual([])
    expect(ofPiece([person('p')], false)).toEqual([])
  })

  it('takes the conditions of the grant along, each apart', () => {
    const found = hops([
      grant('a', ['manage-users'], { condition: 'at night', expiresAt: '2030-01-01T00:00:00.000Z' }),
      grant('a', ['manage-users'], { notEvaluable: 'eligible' }),
      person('p'),
    ])
    expect(found.slice(0, 2)).toMatchObject([
      { condition: 'at night', expiresAt: '2030-01-01T00:00:00.000Z' },
      { notEvaluable: 'eligible' },
    ])
    const ends = (...dates: (string | undefined)[]) => {
      const given = dates.map((expiresAt) => grant('a', ['manage-users'], expiresAt ? { expiresAt } : {}))
      return hops([...given, person('p')])[0]?.expiresAt
    }
    const [sooner, later] = ['2029-01-01T00:00:00.000Z', '2031-01-01T00:00:00.000Z']
    expect([ends(sooner, later), ends(later, sooner), ends(sooner, undefined), ends(undefined, later)]).toEqual([
      ...[later, later],
      ...[undefined, undefined],
    ])
  })

  it('leads nowhere by another right, a refusal, over another resource, or where there is nobody', () => {
    const elsewhere = { to: { type: 'resource', externalId: 'other' } } as const
    expect(hops([grant('a', ['view']), person('p')])).toEqual([])
    expect(hops([grant('a', ['manage-users'], { effect: 'deny' }), person('p')])).toEqual([])
    expect(hops([grant('a', ['manage-users'], elsewhere), person('p')])).toEqual([])
    expect(hops([grant('a', ['manage-users'])])).toEqual([])
  })
})
