import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changeColumn,
  defaultColumns,
  keptColumns,
  moveColumn,
  parseColumns,
  printColumns,
  settleColumns,
} from './column-choice'

const columns = ['name', 'kind', 'owner', 'source'].map((id) => ({ id, isRowLink: id === 'name' }))
const own = defaultColumns(columns, ['source'])

describe('the columns in the address', () => {
  it('are read as they were written', () => {
    const choice = fc.record(
      {
        id: fc.stringMatching(/^[a-z][A-Za-z0-9_-]{0,10}$/),
        width: fc.integer({ min: 64, max: 800 }),
        isPinned: fc.constant(true),
      },
      { requiredKeys: ['id'] },
    )
    fc.assert(
      fc.property(fc.uniqueArray(choice, { selector: ({ id }) => id, minLength: 1 }), (choices) => {
        expect(parseColumns(printColumns(choices))).toEqual(choices)
      }),
    )
  })

  it('leave out what cannot be read, and keep widths within reason', () => {
    expect(parseColumns('name.999!,name,<b>,kind.10,owner')).toEqual([
      { id: 'name', width: 800, isPinned: true },
      { id: 'kind', width: 64 },
      { id: 'owner' },
    ])
  })
})

describe('a choice of columns', () => {
  it('always has the one that names the row, and pinned ones first', () => {
    const settled = settleColumns(columns, [{ id: 'gone' }, { id: 'kind' }, { id: 'owner', isPinned: true }])
    expect(settled.map(({ id }) => id)).toEqual(['owner', 'name', 'kind'])
    expect(settleColumns(columns, [{ id: 'gone' }], own)).toEqual(own)
    expect(settleColumns(columns, [{ id: 'gone' }, { id: 'kind' }], own)).toEqual([{ id: 'name' }, { id: 'kind' }])
  })

  it('moves a column one place, but not over the border of the pinned ones', () => {
    expect(moveColumn(own, 'owner', -1).map(({ id }) => id)).toEqual(['name', 'owner', 'kind'])
    expect(moveColumn(own, 'name', -1)).toEqual(own)
    const pinned = changeColumn(own, 'name', { isPinned: true })
    expect(moveColumn(pinned, 'kind', -1)).toEqual(pinned)
  })

  it('is not kept when it is what the list has anyway', () => {
    const wide = changeColumn(own, 'kind', { width: 200 })
    expect(keptColumns(wide, own)).toEqual(wide)
    expect(keptColumns(changeColumn(wide, 'kind', { width: undefined }), own)).toBeNull()
  })
})
