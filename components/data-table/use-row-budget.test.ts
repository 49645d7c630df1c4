import { describe, expect, it } from 'vitest'
import { drawingOrder, nextBudget } from './use-row-budget'

describe('nextBudget', () => {
  it('falls at once where a frame took too long, and never to nothing', () => {
    expect(nextBudget(4, 4, 32)).toBe(3)
    expect(nextBudget(4, 4, 2000)).toBe(2)
    expect(nextBudget(3, 1, 400)).toBe(2)
  })

  it('rises row by row while a full frame is quick, up to its bound', () => {
    expect(nextBudget(3, 3, 20)).toBe(4)
    expect(nextBudget(4, 4, 5)).toBe(4)
    expect(nextBudget(4, 2, 5)).toBe(4)
  })
})

describe('drawingOrder', () => {
  it('begins where the scroll moves to', () => {
    expect(drawingOrder([3, 4, 5], true)).toEqual([5, 4, 3])
    expect(drawingOrder([3, 4, 5], false)).toEqual([3, 4, 5])
  })
})
