import { describe, expect, it } from 'vitest'
import { addRows, mostChosen, rangeBetween, toggleRow } from './row-selection'

const many = Array.from({ length: mostChosen }, (_, index) => `row-${index}`)

describe('choosing rows', () => {
  it('takes a row and lets go of it', () => {
    expect(toggleRow(['a'], 'b')).toEqual(['a', 'b'])
    expect(toggleRow(['a', 'b'], 'a')).toEqual(['b'])
  })

  it('ends at the limit and says so', () => {
    expect(toggleRow(many, 'one more')).toEqual(many)
    expect(addRows(many, ['row-3'])).toEqual({ ids: many, isCut: false })
    expect(addRows(many, ['one more'])).toEqual({ ids: many, isCut: true })
    expect(addRows(['a'], ['b', 'a'])).toEqual({ ids: ['a', 'b'], isCut: false })
  })

  it('runs in both directions from the row chosen last', () => {
    expect(rangeBetween(3, 6)).toEqual([3, 4, 5, 6])
    expect(rangeBetween(6, 4)).toEqual([6, 5, 4])
    expect(rangeBetween(0, 999_999)).toHaveLength(mostChosen + 1)
  })
})
