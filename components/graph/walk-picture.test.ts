import { describe, expect, it } from 'vitest'
import { layOut } from './layered-layout'
import { pathsThrough } from './paths-through'
import { walkPicture } from './walk-picture'

const nodes = [
  { id: 'key', column: 0 },
  { id: 'me', column: 1 },
  { id: 'role', column: 2 },
  { id: 'other', column: 2 },
  { id: 'bucket', column: 3 },
  { id: 'table', column: 3 },
]
const edges = [
  { from: 'key', to: 'me' },
  { from: 'me', to: 'role' },
  { from: 'me', to: 'other' },
  { from: 'role', to: 'bucket' },
  { from: 'other', to: 'table' },
  { from: 'table', to: 'role' },
]
const layout = layOut(nodes, edges, { nodeWidth: 100, nodeHeight: 20, columnGap: 50, rowGap: 10 })
const walk = (from: string, ...steps: Parameters<typeof walkPicture>[3][]) =>
  steps.reduce((at, step) => walkPicture(layout, edges, at, step), from)

describe('walkPicture', () => {
  it('follows edges to the right and back', () => {
    expect(walk('key', 'right')).toBe('me')
    expect(['role', 'other']).toContain(walk('me', 'right'))
    expect(walk('role', 'right')).toBe('bucket')
    expect(walk('bucket', 'left', 'left', 'left')).toBe('key')
  })

  it('goes up and down in a column, and stays where there is no other', () => {
    const [upper, lower] = ['role', 'other'].sort(
      (a, b) => (layout.nodes.get(a)?.y ?? 0) - (layout.nodes.get(b)?.y ?? 0),
    )
    expect(walk(upper ?? '', 'down')).toBe(lower)
    expect(walk(upper ?? '', 'up')).toBe(upper)
    expect(walk('key', 'left')).toBe('key')
    expect(walk('nobody', 'left')).toBe('nobody')
  })

  it('jumps to the first and the last, and reaches every node', () => {
    expect(walk('table', 'first')).toBe('key')
    expect(['bucket', 'table']).toContain(walk('key', 'last'))
    const seen = new Set(['key'])
    for (const id of seen) {
      for (const step of ['left', 'right', 'up', 'down'] as const) seen.add(walk(id, step))
    }
    expect([...seen].sort()).toEqual(nodes.map(({ id }) => id).sort())
  })
})

describe('pathsThrough', () => {
  it('keeps all before and all behind a node, in cycles too', () => {
    expect([...pathsThrough(edges, 'bucket').nodes].sort()).toEqual(['bucket', 'key', 'me', 'other', 'role', 'table'])
    expect([...pathsThrough(edges, 'other').nodes].sort()).toEqual(['bucket', 'key', 'me', 'other', 'role', 'table'])
    const plain = edges.slice(0, -1)
    expect([...pathsThrough(plain, 'role').nodes].sort()).toEqual(['bucket', 'key', 'me', 'role'])
    expect([...pathsThrough(plain, 'role').edges].sort()).toEqual([0, 1, 3])
    expect(
      [
        ...pathsThrough(
          [
            { from: 'a', to: 'b' },
            { from: 'b', to: 'a' },
          ],
          'a',
        ).nodes,
      ].sort(),
    ).toEqual(['a', 'b'])
  })
})
