import { describe, expect, it } from 'vitest'
import { hindranceOf } from './rules'

const right = {
  ...{ kind: 'grants', nodeId: 'n', nodeType: 'resource', toRef: 'table:orders', scopes: ['SELECT'], scopeCount: 1 },
  condition: null as string | null,
}

describe('what keeps a grant from taking the place of a right', () => {
  it('is nothing for a right or a membership that is known whole', () => {
    expect(hindranceOf(right)).toBeNull()
    expect(hindranceOf({ ...right, kind: 'member_of', nodeType: 'role', scopes: [], scopeCount: 0 })).toBeNull()
  })

  it.each([
    ['a trust of others', { kind: 'assumes' }, /cannot be taken away/],
    ['what no import has told of', { nodeId: null }, /No import has told/],
    ['a way to another account', { nodeType: 'identity' }, /No import has told/],
    ['a condition', { condition: 'from the office' }, /condition/],
    ['parts that are not known', { scopeCount: 300 }, /300 parts/],
  ])('is %s', (_, more, says) => {
    expect(hindranceOf({ ...right, ...more })).toMatch(says)
  })
})
