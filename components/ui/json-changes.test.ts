import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listJsonChanges } from './json-changes'

describe('listJsonChanges', () => {
  it('names what was added, removed, changed and left', () => {
    expect(
      listJsonChanges(
        { owner: { team: 'a' }, tags: ['x', 'y'], kept: 1 },
        { owner: { team: 'b' }, tags: ['x'], kept: 1, new: null },
      ),
    ).toEqual([
      { path: 'owner.team', kind: 'changed', before: 'a', after: 'b' },
      { path: 'tags[0]', kind: 'same', before: 'x', after: 'x' },
      { path: 'tags[1]', kind: 'removed', before: 'y' },
      { path: 'kept', kind: 'same', before: 1, after: 1 },
      { path: 'new', kind: 'added', after: null },
    ])
  })

  it('takes an absent side for nothing', () => {
    expect(listJsonChanges(undefined, { a: 1 })).toEqual([{ path: 'a', kind: 'added', after: 1 }])
    expect(listJsonChanges({ a: {} }, undefined)).toEqual([{ path: 'a', kind: 'removed', before: {} }])
  })

  it('tells an object from a list', () => {
    expect(listJsonChanges({ a: [1] }, { a: { 0: 1 } })).toEqual([
      { path: 'a', kind: 'changed', before: [1], after: { 0: 1 } },
    ])
  })

  it('does not read inherited keys', () => {
    expect(listJsonChanges(JSON.parse('{"constructor":1}'), {})).toEqual([
      { path: 'constructor', kind: 'removed', before: 1 },
    ])
  })

  it('finds no change between a value and itself, and mirrors when the sides are swapped', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(listJsonChanges(a, a).every((change) => change.kind === 'same')).toBe(true)
        const count = (kind: string, list: { kind: string }[]) => list.filter((change) => change.kind === kind).length
        expect(count('added', listJsonChanges(a, b))).toBe(count('removed', listJsonChanges(b, a)))
        expect(count('changed', listJsonChanges(a, b))).toBe(count('changed', listJsonChanges(b, a)))
      }),
    )
  })
})
