import { describe, expect, it } from 'vitest'
import { grantTarget, grantText, overrunOf, proposedFor, tierOf } from './rules'

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
