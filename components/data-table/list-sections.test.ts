import { describe, expect, it } from 'vitest'
import { lengthOf, pagesBetween, placeSections, sectionAt } from './list-sections'

const groups = placeSections([
  { id: 'production', count: 250, hasHead: true, isOpen: true },
  { id: 'staging', count: 40, hasHead: true, isOpen: false },
  { id: 'empty', count: 0, hasHead: true, isOpen: true },
  { id: 'unknown', count: 5, hasHead: true, isOpen: true },
])

describe('a list in groups', () => {
  it('counts heads and the rows of open groups', () => {
    expect(groups.map(({ start, firstRow, end }) => [start, firstRow, end])).toEqual([
      [0, 1, 251],
      [251, 252, 252],
      [252, 253, 253],
      [253, 254, 259],
    ])
    expect(lengthOf(groups)).toBe(259)
    expect(lengthOf([])).toBe(0)
  })

  it('finds the group of every index', () => {
    expect([0, 1, 250, 251, 252, 253, 258].map((index) => sectionAt(groups, index)?.id)).toEqual([
      'production',
      'production',
      'production',
      'staging',
      'empty',
      'unknown',
      'unknown',
    ])
    expect(sectionAt(groups, 259)).toBeUndefined()
    expect(sectionAt([], 0)).toBeUndefined()
  })

  it('asks for the pages of what is in sight, and for none of closed groups', () => {
    expect(pagesBetween(groups, 90, 110, 100)).toEqual([
      { section: 'production', page: 0 },
      { section: 'production', page: 1 },
    ])
    expect(pagesBetween(groups, 240, 259, 100)).toEqual([
      { section: 'production', page: 2 },
      { section: 'unknown', page: 0 },
    ])
    expect(pagesBetween(placeSections([{ id: 'all', count: 100, hasHead: false, isOpen: true }]), 0, 100, 100)).toEqual(
      [{ section: 'all', page: 0 }],
    )
  })
})
