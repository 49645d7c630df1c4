import { describe, expect, it } from 'vitest'
import { type HeldRight, withdrawalsOf } from './map-withdrawals'

const frozenAt = new Date('2026-11-01T00:00:00Z')
const staleBefore = new Date('2026-08-01T00:00:00Z')
const right = (over: Partial<HeldRight>): HeldRight => ({
  ...{
    entitlementId: 'a',
    kind: 'grants',
    toRef: 'table:shop.public.orders',
    scopes: ['SELECT', 'INSERT'],
    scopeCount: 2,
  },
  ...{ isAllow: true, isGranted: true, condition: null, lastUsedAt: null, firstSeenAt: new Date('2026-01-01') },
  ...over,
})
const remedy = { decision: 'reduce' as const, entitlementId: null, reduction: null, staleBefore, frozenAt }

describe('what a reduction takes away', () => {
  it('takes only what is known to be unused', () => {
    const held = [
      right({ entitlementId: 'old', lastUsedAt: new Date('2026-02-01') }),
      right({ entitlementId: 'used', lastUsedAt: new Date('2026-10-30') }),
      right({ entitlementId: 'unknown' }),
    ]
    const plan = withdrawalsOf(remedy, held)
    expect(plan.take.map(({ entitlementId }) => entitlementId)).toEqual(['old'])
    expect(plan.left).toEqual([expect.stringMatching(/^The source does not say whether one of its rights was used/)])
  })

  it('keeps what was chosen, and takes the scopes beside it', () => {
    const keep = [{ entitlementId: 'a', scopes: ['SELECT'] }]
    const plan = withdrawalsOf({ ...remedy, reduction: { to: 'chosen', keep } }, [
      right({}),
      right({ entitlementId: 'b' }),
    ])
    expect(plan.take).toEqual([
      { entitlementId: 'a', kind: 'grants', toRef: 'table:shop.public.orders', scopes: ['INSERT'] },
      { entitlementId: 'b', kind: 'grants', toRef: 'table:shop.public.orders', scopes: ['SELECT', 'INSERT'] },
    ])
  })

  it('leaves what was granted after the freeze, denials, and what cannot be named', () => {
    const chosen = { ...remedy, reduction: { to: 'chosen' as const, keep: [] } }
    const held = [
      right({ entitlementId: 'later', firstSeenAt: new Date('2026-11-02') }),
      right({ entitlementId: 'deny', isAllow: false }),
      right({ entitlementId: 'bound', condition: 'at night' }),
      right({ entitlementId: 'many', scopeCount: 300 }),
      right({ entitlementId: 'way', kind: 'assumes' }),
    ]
    const plan = withdrawalsOf(chosen, held)
    expect(plan.take).toEqual([])
    expect(plan.left).toHaveLength(3)
  })

  it('keeps a membership that was chosen as a whole', () => {
    const keep = [{ entitlementId: 'a', scopes: [] }]
    const held = [
      right({ kind: 'member_of', scopes: ['INHERIT', 'SET'] }),
      right({ entitlementId: 'b', kind: 'member_of', scopes: ['SET'], scopeCount: 1 }),
    ]
    expect(withdrawalsOf({ ...remedy, reduction: { to: 'chosen', keep } }, held).take).toMatchObject([
      { entitlementId: 'b' },
    ])
  })

  it('takes nothing from one account that every account has', () => {
    const held = [right({ toRef: 'role:public', isGranted: false })]
    expect(withdrawalsOf({ ...remedy, reduction: { to: 'chosen', keep: [] } }, held)).toEqual({ take: [], left: [] })
    expect(withdrawalsOf({ ...remedy, decision: 'revoke', entitlementId: 'a' }, held).left).toHaveLength(1)
  })

  it('revokes one right as a whole, and no other', () => {
    const plan = withdrawalsOf({ ...remedy, decision: 'revoke', entitlementId: 'b' }, [
      right({}),
      right({ entitlementId: 'b' }),
    ])
    expect(plan.take.map(({ entitlementId, scopes }) => [entitlementId, scopes])).toEqual([['b', ['SELECT', 'INSERT']]])
  })
})
