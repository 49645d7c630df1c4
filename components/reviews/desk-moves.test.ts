import { describe, expect, it } from 'vitest'
import { leftWith, nextEqual, nextWaiting, selectRange } from './desk-moves'

const item = (no: number, group: string, isAlone = false) => ({ no, group, isAlone })
const items = [item(1, 'a'), item(2, 'b'), item(3, 'a'), item(4, 'a', true), item(5, 'a')]

describe('moving in the list', () => {
  it('goes to the next that waits, and round to the first', () => {
    const waits = (index: number) => [1, 3].includes(index)
    expect(nextWaiting(5, 0, waits)).toBe(1)
    expect(nextWaiting(5, 1, waits)).toBe(3)
    expect(nextWaiting(5, 3, waits)).toBe(1)
    expect(nextWaiting(5, 0, () => false)).toBe(-1)
    expect(nextWaiting(0, 0, () => true)).toBe(-1)
  })

  it('selects only what has equal evidence, and says what it left out', () => {
    expect(selectRange(items, 0, 2)).toEqual({ chosen: [1, 3], leftOut: 1 })
    expect(selectRange(items, 4, 0)).toEqual({ chosen: [1, 3, 5], leftOut: 2 })
    expect(selectRange(items, 3, 4)).toEqual({ chosen: [], leftOut: 0 })
  })

  it('makes a selection longer by the next of equal evidence', () => {
    expect(nextEqual(items, 0, 0, 1)).toBe(2)
    expect(nextEqual(items, 0, 2, 1)).toBe(4)
    expect(nextEqual(items, 0, 4, 1)).toBe(-1)
    expect(nextEqual(items, 4, 4, -1)).toBe(2)
    expect(nextEqual(items, 3, 3, 1)).toBe(-1)
  })

  it('counts what is on its way', () => {
    const left = { open: 3, drafted: 2, signed: 0, total: 5 }
    expect(leftWith(left, [1, 1])).toEqual({ ...left, open: 1, drafted: 4 })
    expect(leftWith(left, [-1])).toEqual({ ...left, open: 4, drafted: 1 })
    expect(leftWith(left, [9])).toEqual({ ...left, open: 0, drafted: 5 })
  })
})
