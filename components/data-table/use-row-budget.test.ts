import { describe, expect, it } from 'vitest'
import { nextBudget } from './use-row-budget'

describe('nextBudget', () => {
  it('falls at once where a frame took too long, and never to nothing', () => {
    expect(nextBudget(14, 14, 68)).toBe(7)
    expect(nextBudget(14, 14, 2000)).toBe(3)
    expect(nextBudget(3, 1, 400)).toBe(3)
  })

  it('rises row by row while a full frame is quick, up to its bound', () => {
    expect(nextBudget(7, 7, 20)).toBe(8)
    expect(nextBudget(14, 14, 5)).toBe(14)
    expect(nextBudget(7, 2, 5)).toBe(7)
  })
})
