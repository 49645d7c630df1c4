import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LayoutEdge, type LayoutNode, layOut } from './layered-layout'
import { countCrossings, orderColumns } from './order-columns'
import { spreadColumn } from './spread-column'

const shape = { nodeWidth: 180, nodeHeight: 30, columnGap: 90, rowGap: 8 }
const { nodeWidth, nodeHeight, rowGap } = shape

const graphs = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }).chain((columns) =>
  fc.record({
    nodes: fc.constant(columns.map((column, index): LayoutNode => ({ id: `n${index}`, column: column * 3 }))),
    edges: fc.array(
      fc
        .record({ from: fc.nat(columns.length - 1), to: fc.nat(columns.length - 1) })
        .map(({ from, to }): LayoutEdge => ({ from: `n${from}`, to: `n${to}` })),
      { maxLength: 120 },
    ),
  }),
)

describe('layOut', () => {
  it('never lets two nodes overlap, keeps columns in order and stays inside its size', () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const layout = layOut(nodes, edges, shape)
        expect(layout.nodes.size).toBe(nodes.length)
        const placed = [...layout.nodes.values()]
        const columnOf = new Map(nodes.map(({ id, column }) => [id, column]))
        const isInside = placed.every(
          ({ x, y }) =>
            x >= 0 && y >= -0.001 && x + nodeWidth <= layout.width + 0.001 && y + nodeHeight <= layout.height + 0.001,
        )
        const isWrong = placed.some((one) =>
          placed.some((other) => {
            const [left, right] = [columnOf.get(one.id) ?? 0, columnOf.get(other.id) ?? 0]
            if (left < right) return one.x + nodeWidth > other.x
            return left === right && one !== other && Math.abs(one.y - other.y) < nodeHeight + rowGap - 0.001
          }),
        )
        expect({ isInside, isWrong }).toEqual({ isInside: true, isWrong: false })
      }),
      { numRuns: 100 },
    )
  })

  it('gives the same drawing twice, and a path for every edge but those to themselves and to what is not drawn', () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const odd = [...edges, { from: 'n0', to: 'n0' }, { from: 'n0', to: 'nobody' }]
        const layout = layOut(nodes, odd, shape)
        expect(layOut(nodes, odd, shape)).toEqual(layout)
        expect(layout.paths.slice(-2)).toEqual(['', ''])
        const isRight = (path: string | undefined, isLoop: boolean) =>
          isLoop ? path === '' : /^M[-\d. CH]+$/.test(path ?? '')
        expect(edges.every(({ from, to }, index) => isRight(layout.paths[index], from === to))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  it('draws nothing of nothing', () => {
    expect(layOut([], [], shape)).toMatchObject({ width: 0, height: 0, paths: [], columns: [] })
  })

  it('takes less than a second for 300 nodes and 3,000 edges', () => {
    const nodes = Array.from({ length: 300 }, (_, index) => ({ id: `n${index}`, column: index % 6 }))
    const edges = Array.from({ length: 3000 }, (_, index) => ({
      from: `n${(index * 7919) % 300}`,
      to: `n${(index * 104729 + 13) % 300}`,
    }))
    // The best of three: others may be at work on the machine.
    const times = [1, 2, 3].map(() => {
      const begin = performance.now()
      layOut(nodes, edges, shape)
      return performance.now() - begin
    })
    expect(Math.min(...times)).toBeLessThan(1000)
  })

  it('untangles what can be drawn without crossings', () => {
    const nodes = ['a', 'b', 'c']
      .map((id) => ({ id, column: 0 }))
      .concat(['x', 'y', 'z'].map((id) => ({ id, column: 1 })))
    const edges = [
      { from: 'a', to: 'z' },
      { from: 'b', to: 'x' },
      { from: 'c', to: 'y' },
    ]
    const { nodes: placed } = layOut(nodes, edges, shape)
    for (const { from, to } of edges) expect(placed.get(from)?.y).toBeCloseTo(placed.get(to)?.y ?? -1)
  })
})

describe('orderColumns', () => {
  it('never ends with more crossings than it began with', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ from: fc.nat(7), to: fc.integer({ min: 8, max: 15 }) }), { maxLength: 40 }),
        (segments) => {
          const columns = [Array.from({ length: 8 }, (_, at) => at), Array.from({ length: 8 }, (_, at) => at + 8)]
          const right: number[][] = Array.from({ length: 16 }, () => [])
          for (const { from, to } of segments) right[from]?.push(to)
          const ordered = orderColumns(columns, segments, 16)
          expect(countCrossings(ordered, right)).toBeLessThanOrEqual(countCrossings(columns, right))
          expect(ordered.map((column) => column.toSorted((a, b) => a - b))).toEqual(columns)
        },
      ),
    )
  })

  it('counts the pairs of lines that cross', () => {
    expect(
      countCrossings(
        [
          [0, 1],
          [2, 3],
        ],
        [[3], [2], [], []],
      ),
    ).toBe(1)
    expect(
      countCrossings(
        [
          [0, 1],
          [2, 3],
        ],
        [[2, 3], [2, 3], [], []],
      ),
    ).toBe(1)
    expect(
      countCrossings(
        [
          [0, 1],
          [2, 3],
        ],
        [[2], [3], [], []],
      ),
    ).toBe(0)
  })
})

describe('spreadColumn', () => {
  it('leaves alone what is far enough apart and moves the others as little as possible', () => {
    expect(spreadColumn([0, 50, 100], [10, 10], [1, 1, 1])).toEqual([0, 50, 100])
    expect(spreadColumn([10, 10], [20], [1, 1])).toEqual([0, 20])
    expect(spreadColumn([10, 10], [20], [3, 1])).toEqual([5, 25])
    expect(spreadColumn([], [], [])).toEqual([])
  })
})
