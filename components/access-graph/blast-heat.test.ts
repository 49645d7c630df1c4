import { describe, expect, it } from 'vitest'
import { heatOf } from './blast-heat'

describe('heatOf', () => {
  it('rises with the count, from nothing to the darkest shade', () => {
    expect(heatOf(0, 1000)).toBe(0)
    expect(heatOf(1, 1)).toBe(36)
    const shades = [1, 5, 40, 200, 1000].map((count) => heatOf(count, 1000))
    expect(shades).toEqual(shades.toSorted((a, b) => a - b))
    expect(shades.at(0)).toBe(8)
    expect(shades.at(-1)).toBe(36)
  })
})
