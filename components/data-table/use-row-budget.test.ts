import { describe, expect, it } from 'vitest'
import { nextBudget } from './use-row-budget'

describe('nextBudget', () => {
  it('falls at once where a frame took too long, and never to nothing', () => {
    expect(nextBudget(5, 5, 50)).toBe(3)
    expect(nextBudget(5, 5, 2000)).toBe(2)
    expect(nextBudget(3, 1, 400)).toBe(2)
  })

  it('rises row by row while a full frame is quick, up to its bound', () => {
    expect(nextBudget(3, 3, 20)).toBe(4)
    expect(nextBudget(5, 5, 5)).toBe(5)
    expect(nextBudget(4, 2, 5)).toBe(4)
  })
})
