import { PlanExpression, PlanExpressionValue, PlanExpressionVariable, PlanKind, type Value } from '@cerbos/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Prisma } from '../db/generated/client'
import type { DecisionPoint } from './client'
import { planQuery } from './plan'
import { type AttributeMappings, rowConditionOf, sqlPredicateOf, whereOf } from './row-condition'

const attr = (name: string) => new PlanExpressionVariable(`request.resource.attr.${name}`)
const value = (of: Value) => new PlanExpressionValue(of)
const call = (operator: string, ...operands: ConstructorParameters<typeof PlanExpression>[1]) =>
  new PlanExpression(operator, operands)

const mappings: AttributeMappings = {
  keys: {
    where: (values) => ({ keys: values }),
    sql: (values) => Prisma.sql`l.key = ANY (${values.map(String)}::text[])`,
  },
  plain: { where: (values) => ({ plain: values }) },
}

describe('a row condition', () => {
  it.each([
    ['hasIntersection', call('hasIntersection', attr('keys'), value(['a', 'b'])), { keys: ['a', 'b'] }],
    ['the other way round', call('hasIntersection', value(['a']), attr('keys')), { keys: ['a'] }],
    ['in', call('in', attr('plain'), value(['a'])), { plain: ['a'] }],
    ['eq', call('eq', attr('plain'), value('a')), { plain: ['a'] }],
    ['a bare attribute', attr('plain'), { plain: [true] }],
    ['ne', call('ne', attr('plain'), value('a')), { NOT: { plain: ['a'] } }],
    [
      'and, or, not',
      call('and', call('or', attr('plain'), call('eq', attr('keys'), value(1))), call('not', attr('plain'))),
      { AND: [{ OR: [{ plain: [true] }, { keys: [1] }] }, { NOT: { plain: [true] } }] },
    ],
  ])('reads %s', (_name, operand, where) => {
    expect(whereOf(rowConditionOf(operand), mappings)).toEqual(where)
  })

  it('becomes SQL in which every value is a parameter', () => {
    const condition = rowConditionOf(
      call('not', call('or', call('in', attr('keys'), value(["x' OR true"])), call('or'))),
    )
    const { text, values } = sqlPredicateOf(condition, mappings)
    expect(text).toBe('((l.key = ANY ($1::text[])) OR (false)) IS NOT TRUE')
    expect(values).toEqual([["x' OR true"]])
  })

  it.each([
    ['an operator', call('startsWith', attr('keys'), value('a'))],
    [
      'a variable that is no attribute of the row',
      call('eq', new PlanExpressionVariable('request.principal.id'), value('a')),
    ],
    ['two attributes', call('eq', attr('keys'), attr('plain'))],
    ['a value that is no scalar', call('eq', attr('keys'), value({ a: 1 }))],
    ['a bare value', value(true)],
  ])('refuses %s that it does not know', (_name, operand) => {
    expect(() => rowConditionOf(operand)).toThrow(/cannot turn into a query/)
  })

  it('refuses attributes without a mapping, and without SQL where SQL is asked for', () => {
    expect(() => whereOf(rowConditionOf(attr('toString')), mappings)).toThrow(/no mapping/)
    expect(() => sqlPredicateOf(rowConditionOf(attr('plain')), mappings)).toThrow(/no SQL/)
  })
})

describe('plans', () => {
  afterEach(() => vi.useRealTimers())

  const asker = (teamIds: string[]) => ({ kind: 'user' as const, id: 'u', role: 'member', teamIds })

  function pdpOf(answers: (object | Error)[]) {
    const plan = vi.fn(async () => {
      const answer = answers.shift() ?? new Error('asked too often')
      if (answer instanceof Error) throw answer
      return { cerbosCallId: 'c', requestId: 'r', ...answer }
    })
    return { plan, check: vi.fn(), close: vi.fn() } as unknown as DecisionPoint & { plan: typeof plan }
  }

  it('are used again for two seconds by the same principal with the same rights, for the same question', async () => {
    vi.useFakeTimers()
    const pdp = pdpOf(Array.from({ length: 4 }, () => ({ kind: PlanKind.ALWAYS_ALLOWED })))
    await planQuery(asker([]), 'list', 'identity', pdp)
    await planQuery(asker([]), 'list', 'identity', pdp)
    expect(pdp.plan).toHaveBeenCalledTimes(1)
    await planQuery(asker(['t']), 'list', 'identity', pdp)
    await planQuery(asker([]), 'export', 'identity', pdp)
    expect(pdp.plan).toHaveBeenCalledTimes(3)
    vi.advanceTimersByTime(2001)
    await planQuery(asker([]), 'list', 'identity', pdp)
    expect(pdp.plan).toHaveBeenCalledTimes(4)
  })

  it('are asked for again after a question without an answer', async () => {
    const pdp = pdpOf([new Error('down'), { kind: PlanKind.ALWAYS_ALLOWED }])
    await expect(planQuery(asker([]), 'list', 'identity', pdp)).rejects.toThrow('down')
    expect((await planQuery(asker([]), 'list', 'identity', pdp)).kind).toBe('always')
  })

  it('are refused, not shown whole, when they hold a rule that is not known', async () => {
    const odd = { kind: PlanKind.CONDITIONAL, condition: call('eq', attr('mood'), value('good')) }
    const pdp = pdpOf([odd, { kind: 'something' }])
    await expect(planQuery(asker([]), 'list', 'identity', pdp)).rejects.toThrow(/no mapping/)
    await expect(planQuery(asker([]), 'read', 'identity', pdp)).rejects.toMatchObject({ code: 'upstream_failed' })
  })
})
