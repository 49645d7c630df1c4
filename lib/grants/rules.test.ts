import { describe, expect, it } from 'vitest'
import { grantTarget, grantText, overrunOf, proposedFor, replacementOf, tierOf } from './rules'

describe('tierOf', () => {
  const reads = { privileges: ['read'], sensitivities: ['internal'], environment: null }
  it.each([
    ['ordinary', reads],
    ['high', { ...reads, environment: 'production' }],
    ['high', { ...reads, privileges: ['read', 'write'] }],
    ['high', { ...reads, sensitivities: ['internal', 'confidential'] }],
    ['highest', { ...reads, sensitivities: ['restricted'] }],
    ['highest', { ...reads, privileges: ['secret_read'] }],
    ['highest', { ...reads, privileges: ['read', 'admin', null] }],
    // What nobody has said counts as much.
    ['high', { ...reads, privileges: [null] }],
    ['high', { ...reads, sensitivities: [null] }],
  ])('is %s', (tier, weighed) => {
    expect(tierOf(weighed).tier).toBe(tier)
  })
})

describe('proposedFor', () => {
  it('is short where nobody knows better, and shorter for what weighs most', () => {
    expect(proposedFor('high', [60, 60]).seconds).toBe(1800)
    expect(proposedFor('highest', []).seconds).toBe(900)
  })

  it('is the shortest step that was enough nine times out of ten, within the bound', () => {
    expect(proposedFor('high', [...new Array<number>(9).fill(700), 80_000]).seconds).toBe(900)
    expect(proposedFor('high', [...new Array<number>(8).fill(700), 3000, 80_000]).seconds).toBe(3600)
    expect(proposedFor('highest', [90_000, 90_000, 90_000]).seconds).toBe(4 * 3600)
  })
})

describe('grantText', () => {
  const right = (nodeId: string, ...scopes: string[]) => ({ nodeId, scopes })
  const text = (...rights: ReturnType<typeof right>[]) => grantText({ subjectId: 's', mode: 'runtime', rights })

  it('is the same for the same list in another order, and no other', () => {
    expect(text(right('b', 'Y', 'X'), right('a'))).toBe(text(right('a'), right('b', 'X', 'Y')))
    expect(text(right('a', 'X'))).not.toBe(text(right('a', 'X', 'Y')))
    expect(text(right('a'))).not.toBe(grantText({ subjectId: 't', mode: 'runtime', rights: [right('a')] }))
  })
})

describe('grantTarget', () => {
  it('counts who agreed, who of them is outside the groups, and who said no', () => {
    const approvals = [
      { verdict: 'approved', isOutside: false },
      { verdict: 'approved', isOutside: true },
      { verdict: 'denied', isOutside: true },
    ]
    const facts = {
      id: 'g',
      task: 't',
      subjectName: 's',
      state: 'requested',
      tier: 'high',
      needed: 1,
      requesterId: 'mia',
    }
    const keys = { requesterKeys: ['user:mia', 'team:a'], subjectKeys: ['user:rae', 'team:b', 'team:a'], partyKeys: [] }
    expect(grantTarget({ ...facts, ...keys, approvals }).attr).toMatchObject({
      ...{ agreed: 2, agreedOutside: 1, denied: 1, groupKeys: ['team:a', 'team:b'] },
    })
  })
})

it('counts whole seconds past an end, and none before it', () => {
  const at = (ms: number) => new Date(ms)
  expect(overrunOf(at(1000), at(2001))).toBe(2)
  expect(overrunOf(at(1000), at(900))).toBe(0)
  expect(overrunOf(null, at(900))).toBe(0)
})

describe('what a grant takes the place of', () => {
  const table = {
    ...{ entitlementId: 'e', nodeId: 'orders', nodeType: 'resource', name: 'orders', hindrance: null },
    scopes: ['SELECT', 'INSERT'],
  }
  const role = { ...table, nodeId: 'readers', nodeType: 'role', name: 'readers', scopes: ['INHERIT'] }

  it('goes over as far as it is asked for, and the rest is taken', () => {
    expect(replacementOf(table, [{ nodeId: 'orders', scopes: ['SELECT'] }])).toMatchObject({
      ...{ isKept: true, taken: ['INSERT'], problem: null },
      says: 'INSERT on orders is taken away when the grant begins; the rest ends with it.',
    })
    expect(replacementOf(table, [{ nodeId: 'orders', scopes: ['SELECT', 'INSERT'] }])).toMatchObject({ taken: [] })
    expect(replacementOf(table, [])).toMatchObject({ isKept: false, taken: ['SELECT', 'INSERT'] })
  })

  it('is a membership as a whole, whatever options it has', () => {
    expect(replacementOf(role, [{ nodeId: 'readers', scopes: [] }])).toMatchObject({ isKept: true, taken: [] })
    expect(replacementOf(role, [])).toMatchObject({ isKept: false, problem: null })
  })

  it('is nothing more than there is today, and nothing that is hindered', () => {
    expect(replacementOf(table, [{ nodeId: 'orders', scopes: ['SELECT', 'DELETE'] }]).problem).toMatch(
      /DELETE on orders is more than it has today/,
    )
    expect(replacementOf({ ...table, hindrance: 'It is bound to a condition.' }, []).problem).toBe(
      'orders: It is bound to a condition.',
    )
  })

  it('is in the hash that people agree to', () => {
    const request = { subjectId: 's', mode: 'provisioned', rights: [] }
    expect(grantText({ ...request, replaces: ['a', 'b'] })).toBe(grantText({ ...request, replaces: ['b', 'a'] }))
    expect(grantText({ ...request, replaces: ['a'] })).not.toBe(grantText(request))
    expect(grantText({ ...request, replaces: [] })).toBe(grantText(request))
  })
})
