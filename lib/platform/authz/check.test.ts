import {
  CheckResourcesResponse,
  CheckResourcesResult,
  Effect,
  PlanExpression,
  PlanExpressionValue,
  PlanExpressionVariable,
  PlanKind,
  type PlanResourcesResponse,
} from '@cerbos/core'
import { describe, expect, it } from 'vitest'
import { checkAction, checkMany } from './check'
import type { DecisionPoint } from './client'
import { planQuery } from './plan'
import { ownerKeysOf, principalOf } from './principal'

const asker = { kind: 'user', id: 'ada', role: 'admin', teamIds: ['t1'] } as const
const aim = { kind: 'identity', id: 'i1', attr: {} }

/** A decision point that gives one answer, whatever was asked: the network edge, bent on purpose. */
function answering(kind: string, id: string, actions: Record<string, unknown>): DecisionPoint {
  const result = new CheckResourcesResult({
    resource: { kind, id, policyVersion: 'default', scope: '' },
    actions: actions as Record<string, Effect>,
    validationErrors: [],
    metadata: undefined,
    outputs: [],
  })
  return {
    check: async () => new CheckResourcesResponse({ cerbosCallId: 'c1', requestId: 'r1', results: [result] }),
    plan: async () => {
      throw new Error('not asked')
    },
    close: () => {},
  }
}

function planning(plan: Partial<PlanResourcesResponse> & Record<string, unknown>): DecisionPoint {
  return {
    check: async () => {
      throw new Error('not asked')
    },
    plan: async () =>
      ({ cerbosCallId: 'c1', requestId: 'r1', validationErrors: [], metadata: undefined, ...plan }) as never,
    close: () => {},
  }
}

describe('an answer that does not fit the question', () => {
  it.each([
    ['another target', answering('identity', 'i2', { read: Effect.ALLOW })],
    ['another kind', answering('credential', 'i1', { read: Effect.ALLOW })],
    ['another action', answering('identity', 'i1', { list: Effect.ALLOW })],
    ['the word true', answering('identity', 'i1', { read: 'true' })],
    ['a boolean', answering('identity', 'i1', { read: true })],
  ])('allows nothing: %s', async (_name, pdp) => {
    await expect(checkAction(asker, 'read', aim, pdp)).rejects.toMatchObject({ code: 'upstream_failed' })
    expect(await checkMany(asker, ['read'], [aim], pdp)).toEqual([{ read: false }])
  })

  it('is told from a plain no', async () => {
    const no = answering('identity', 'i1', { read: Effect.DENY })
    expect(await checkAction(asker, 'read', aim, no)).toEqual({ allowed: false, decisionId: 'c1' })
  })

  it('plans nothing from a kind of plan that nobody knows', async () => {
    const odd = planning({ kind: 'KIND_UNSPECIFIED' as PlanKind.ALWAYS_ALLOWED })
    await expect(planQuery(asker, 'list', 'identity', odd)).rejects.toMatchObject({ code: 'upstream_failed' })
  })

  it('refuses a plan over an attribute without a mapping instead of guessing a column', async () => {
    const name = new PlanExpressionVariable('request.resource.attr.name')
    const condition = new PlanExpression('eq', [name, new PlanExpressionValue('x')])
    const plan = planning({ kind: PlanKind.CONDITIONAL, condition })
    await expect(planQuery(asker, 'list', 'identity', plan)).rejects.toThrow(/no mapping/)
    await expect(planQuery(asker, 'list', 'source', plan)).rejects.toThrow(/no mapping/)
  })
})

describe('principals', () => {
  it('own in their own name and their teams', () => {
    expect(ownerKeysOf(asker)).toEqual(['user:ada', 'team:t1'])
    const key = {
      kind: 'api_key',
      id: 'k',
      ownerId: 'ada',
      role: 'member',
      teamIds: ['t1'],
      scopes: ['audit:read'],
    } as const
    expect(principalOf(key)).toEqual({
      id: 'k',
      roles: ['member'],
      attr: { kind: 'api_key', userId: 'ada', ownerKeys: ['user:ada', 'team:t1'], scopes: ['audit:read'] },
    })
  })

  it('are workers without ownership when they are jobs', () => {
    expect(principalOf({ kind: 'job', id: 'apply' })).toMatchObject({ roles: ['worker'], attr: { ownerKeys: [] } })
  })
})
