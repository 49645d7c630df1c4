import { describe, expect, it } from 'vitest'
import { leastWidth, nextSort } from './data-column'

describe('nextSort', () => {
  it('begins with the direction of the column, then turns it', () => {
    const age = { sortKey: 'age', sortFirst: 'desc' as const }
    const first = nextSort(age, { key: 'name', direction: 'asc' })
    expect(first).toEqual({ key: 'age', direction: 'desc' })
    expect(nextSort(age, first)).toEqual({ key: 'age', direction: 'asc' })
    expect(nextSort({ sortKey: 'name' }, undefined)).toEqual({ key: 'name', direction: 'asc' })
  })
})

describe('leastWidth', () => {
  it('counts the checkbox column only when there is one, and lets the first column give way', () => {
    expect(leastWidth([160, 160], false)).toBe('calc(10rem + min(10rem, 46vw))')
    expect(leastWidth([160, 160], true)).toBe('calc(12.5rem + min(10rem, 46vw))')
  })
})
