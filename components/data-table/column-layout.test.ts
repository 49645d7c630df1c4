import { describe, expect, it } from 'vitest'
import { layOutColumns } from './column-layout'

const columns = [
  { id: 'name', header: 'Name', width: 160, isGrowing: true, cell: () => null },
  { id: 'kind', header: 'Kind', width: 128, cell: () => null },
  { id: 'owner', header: 'Owner', width: 160, cell: () => null },
]

describe('layOutColumns', () => {
  it('gives the width that is left to the growing column, in the chosen order', () => {
    const layout = layOutColumns(columns, [{ id: 'name' }, { id: 'owner' }], true)
    expect(layout.columns.map(({ id }) => id)).toEqual(['name', 'owner'])
    expect(layout.template).toBe('3.5rem minmax(min(10rem, 46vw),1fr) 10rem')
    expect(layout.leastWidth).toBe('calc(3.5rem + min(10rem, 46vw) + 10rem)')
  })

  it('lets the last one grow when the growing one was given a width', () => {
    const layout = layOutColumns(columns, [{ id: 'name', width: 320 }, { id: 'kind' }], false)
    expect(layout.template).toBe('min(20rem, 46vw) minmax(8rem,1fr)')
  })

  it('sets pinned columns side by side, of known widths', () => {
    const pinned = [{ id: 'name', isPinned: true }, { id: 'kind', isPinned: true }, { id: 'owner' }]
    const layout = layOutColumns(columns, pinned, true)
    expect(layout.columns.map(({ stickyAt }) => stickyAt)).toEqual([
      '3.5rem',
      'calc(3.5rem + min(10rem, 46vw))',
      undefined,
    ])
    expect(layout.template).toBe('3.5rem min(10rem, 46vw) 8rem minmax(10rem,1fr)')
  })
})
