import { orderColumns, type Segment } from './order-columns'
import { spreadColumn } from './spread-column'

/**
 * A drawing of a graph in columns from left to right. Pure and deterministic: the same nodes and edges in the same order give
 * the same drawing. Lengths are px.
 */

export interface LayoutNode {
  id: string
  /** From left to right; any numbers, gaps between them do not show. */
  column: number
}

export interface LayoutEdge {
  from: string
  to: string
}

export interface LayoutShape {
  nodeWidth: number
  nodeHeight: number
  /** Between two columns. */
  columnGap: number
  /** Between two nodes of a column. */
  rowGap: number
}

export interface PlacedNode {
  id: string
  /** Counted from 0, without gaps. */
  column: number
  /** Its upper left corner. */
  x: number
  y: number
}

export interface Layout {
  nodes: Map<string, PlacedNode>
  /** Of each edge, in the order given: its path as SVG; empty for an edge to itself or to what is not drawn. */
  paths: string[]
  /** Of each edge, a point on it where something can be marked: the middle of its last stretch; null where no path is. */
  middles: ({ x: number; y: number } | null)[]
  /** The `column` of the nodes in it, and where it begins. */
  columns: { column: number; x: number }[]
  width: number
  height: number
}

/** A node, or the place where a long edge crosses a column. */
interface Item {
  id: string
  column: number
  isNode: boolean
}

const lane = 6

/** Places every node and draws every edge. */
export function layOut(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[], shape: LayoutShape): Layout {
  const columnNos = [...new Set(nodes.map(({ column }) => column))].sort((a, b) => a - b)
  const placeOf = new Map(columnNos.map((column, index) => [column, index]))
  const items: Item[] = nodes.map(({ id, column }) => ({ id, column: placeOf.get(column) ?? 0, isNode: true }))
  const indexOf = new Map(items.map(({ id }, index) => [id, index]))
  const { segments, routes } = routeEdges(items, indexOf, edges)

  const columns: number[][] = columnNos.map(() => [])
  for (const [index, { column }] of items.entries()) columns[column]?.push(index)
  const ordered = orderColumns(columns, segments, items.length)
  const centres = placeRows(ordered, items, segments, shape)

  const step = shape.nodeWidth + shape.columnGap
  const placed = new Map<string, PlacedNode>()
  for (const [index, { id, column, isNode }] of items.entries()) {
    if (isNode) placed.set(id, { id, column, x: column * step, y: (centres[index] ?? 0) - shape.nodeHeight / 2 })
  }
  return {
    nodes: placed,
    paths: routes.map((route) => (route ? drawRoute(route, items, centres, shape) : '')),
    middles: routes.map((route) => (route ? middleOf(route, items, centres, shape) : null)),
    columns: columnNos.map((column, index) => ({ column, x: index * step })),
    width:
      Math.max(0, columnNos.length * step - shape.columnGap) + loopRoom(items, routes, columnNos.length - 1, shape),
    height: heightOf(items, centres, shape),
  }
}

/** Long edges cross the columns between on lanes; all edges of one node share its lane, as wires in a harness. */
function routeEdges(items: Item[], indexOf: ReadonlyMap<string, number>, edges: readonly LayoutEdge[]) {
  const segments = new Map<string, Segment>()
  const lanes = new Map<string, number>()
  const join = (from: number, to: number) => segments.set(`${from} ${to}`, { from, to })
  const columnOf = (index: number) => items[index]?.column ?? 0
  const routes = edges.map((edge): number[] | undefined => {
    const from = indexOf.get(edge.from)
    const to = indexOf.get(edge.to)
    if (from === undefined || to === undefined || from === to) return undefined
    if (columnOf(to) <= columnOf(from)) {
      if (columnOf(to) === columnOf(from) - 1) join(to, from)
      return [from, to]
    }
    const route = [from]
    for (let column = columnOf(from) + 1; column < columnOf(to); column += 1) {
      const key = `${from} ${column}`
      let index = lanes.get(key)
      if (index === undefined) {
        index = items.push({ id: key, column, isNode: false }) - 1
        lanes.set(key, index)
      }
      join(route.at(-1) ?? from, index)
      route.push(index)
    }
    join(route.at(-1) ?? from, to)
    route.push(to)
    return route
  })
  return { segments: [...segments.values()], routes }
}

/** The centre of every item: near what it is joined to, and clear of its neighbours. */
function placeRows(
  columns: readonly number[][],
  items: readonly Item[],
  segments: readonly Segment[],
  shape: LayoutShape,
) {
  const centres = new Float64Array(items.length)
  const halfOf = (index: number) => (items[index]?.isNode ? shape.nodeHeight : lane) / 2
  const spaceOf = (column: readonly number[]) =>
    column.slice(1).map((index, at) => halfOf(column[at] ?? 0) + shape.rowGap + halfOf(index))
  const left: number[][] = items.map(() => [])
  const right: number[][] = items.map(() => [])
  for (const { from, to } of segments) {
    left[to]?.push(from)
    right[from]?.push(to)
  }
  const spaces = columns.map(spaceOf)
  const tallest = Math.max(0, ...spaces.map((space) => space.reduce((sum, gap) => sum + gap, 0)))
  for (const [at, column] of columns.entries()) {
    const own = (spaces[at] ?? []).reduce((sum, gap) => sum + gap, 0)
    let y = (tallest - own) / 2
    for (const [place, index] of column.entries()) {
      if (place > 0) y += spaces[at]?.[place - 1] ?? 0
      centres[index] = y
    }
  }
  const settle = (order: readonly number[], near: (index: number) => readonly number[]) => {
    for (const at of order) {
      const column = columns[at] ?? []
      const wanted = column.map((index) => {
        const others = near(index)
        if (others.length === 0) return centres[index] ?? 0
        return others.reduce((sum, other) => sum + (centres[other] ?? 0), 0) / others.length
      })
      const weights = column.map((index) => (near(index).length > 0 ? (items[index]?.isNode ? 1 : 2) : 0.1))
      for (const [place, y] of spreadColumn(wanted, spaces[at] ?? [], weights).entries())
        centres[column[place] ?? 0] = y
    }
  }
  const forth = columns.map((_, at) => at)
  const back = forth.toReversed()
  for (let turn = 0; turn < 4; turn += 1) {
    settle(back, (index) => right[index] ?? [])
    settle(forth, (index) => left[index] ?? [])
  }
  settle(back, (index) => [...(left[index] ?? []), ...(right[index] ?? [])])
  const top = items.reduce(
    (least, _, index) => Math.min(least, (centres[index] ?? 0) - halfOf(index)),
    Number.POSITIVE_INFINITY,
  )
  return centres.map((y) => y - (Number.isFinite(top) ? top : 0))
}

function heightOf(items: readonly Item[], centres: Float64Array, { nodeHeight }: LayoutShape): number {
  return items.reduce((most, { isNode }, index) => {
    return Math.max(most, (centres[index] ?? 0) + (isNode ? nodeHeight : lane) / 2)
  }, 0)
}

/** Lines within the last column swing out to the right of it. */
function loopRoom(
  items: readonly Item[],
  routes: readonly (readonly number[] | undefined)[],
  last: number,
  { columnGap }: LayoutShape,
): number {
  const isLoop = (route: readonly number[] | undefined) => route?.every((index) => items[index]?.column === last)
  return routes.some(isLoop) ? columnGap * 0.6 : 0
}

const round = (value: number) => Math.round(value * 10) / 10

/** How far a line within a column swings out. */
const bendOf = (height: number, { columnGap }: LayoutShape) => Math.min(columnGap * 0.7, 16 + Math.abs(height) / 8)

/** Half of the way along the last curve of a route, by the same curves as are drawn. */
function middleOf(route: readonly number[], items: readonly Item[], centres: Float64Array, shape: LayoutShape) {
  const step = shape.nodeWidth + shape.columnGap
  const to = route.at(-1) ?? 0
  const before = route.at(-2) ?? to
  const [fromColumn, toColumn] = [items[before]?.column ?? 0, items[to]?.column ?? 0]
  const height = (centres[to] ?? 0) - (centres[before] ?? 0)
  const y = round((centres[before] ?? 0) + height / 2)
  if (fromColumn === toColumn)
    return { x: round(fromColumn * step + shape.nodeWidth + bendOf(height, shape) * 0.75), y }
  const [left, right] = fromColumn < toColumn ? [fromColumn, toColumn] : [toColumn, fromColumn]
  return { x: round((left * step + shape.nodeWidth + right * step) / 2), y }
}

function drawRoute(
  route: readonly number[],
  items: readonly Item[],
  centres: Float64Array,
  shape: LayoutShape,
): string {
  const { nodeWidth, columnGap } = shape
  const leftOf = (index: number) => (items[index]?.column ?? 0) * (nodeWidth + columnGap)
  const yOf = (index: number) => centres[index] ?? 0
  const [from = 0] = route
  const to = route.at(-1) ?? from
  const backwards = leftOf(to) < leftOf(from)
  if (leftOf(to) === leftOf(from)) {
    // Within a column: out to the right and back.
    const x = leftOf(from) + nodeWidth
    const bend = x + bendOf(yOf(to) - yOf(from), shape)
    return `M${round(x)} ${round(yOf(from))}C${round(bend)} ${round(yOf(from))} ${round(bend)} ${round(yOf(to))} ${round(x)} ${round(yOf(to))}`
  }
  let d = `M${round(leftOf(from) + (backwards ? 0 : nodeWidth))} ${round(yOf(from))}`
  for (const [at, index] of route.entries()) {
    const before = route[at - 1]
    if (before === undefined) continue
    const start = leftOf(before) + (backwards ? 0 : nodeWidth)
    const end = leftOf(index) + (backwards ? nodeWidth : 0)
    const middle = (start + end) / 2
    d += `C${round(middle)} ${round(yOf(before))} ${round(middle)} ${round(yOf(index))} ${round(end)} ${round(yOf(index))}`
    if (index !== to) d += `H${round(leftOf(index) + nodeWidth)}`
  }
  return d
}
