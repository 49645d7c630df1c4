import type { Layout, LayoutEdge, PlacedNode } from './layered-layout'

/** Where the arrow keys lead from one node of a picture. */
export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last'

/**
 * The node that a step leads to: along an edge to the left or right, to the neighbour above or below in its column, to the
 * first or the last of all. The same node where there is no other. Pure.
 */
export function walkPicture(layout: Layout, edges: readonly LayoutEdge[], from: string, step: Step): string {
  const here = layout.nodes.get(from)
  if (!here) return from
  const all = [...layout.nodes.values()].sort((a, b) => a.column - b.column || a.y - b.y)
  if (step === 'first') return all[0]?.id ?? from
  if (step === 'last') return all.at(-1)?.id ?? from
  if (step === 'up' || step === 'down') {
    const column = all.filter((node) => node.column === here.column)
    const at = column.findIndex(({ id }) => id === from)
    return column[at + (step === 'up' ? -1 : 1)]?.id ?? from
  }
  const sign = step === 'right' ? 1 : -1
  const isAhead = (node: PlacedNode) => Math.sign(node.column - here.column) === sign
  const joined = edges.flatMap((edge) => {
    const other = edge.from === from ? edge.to : edge.to === from ? edge.from : undefined
    return (other !== undefined && layout.nodes.get(other)) || []
  })
  return (nearest(here, joined.filter(isAhead)) ?? nearest(here, all.filter(isAhead)))?.id ?? from
}

/** First by columns, then by height. */
function nearest(here: PlacedNode, nodes: readonly PlacedNode[]): PlacedNode | undefined {
  const apart = (node: PlacedNode) => Math.abs(node.column - here.column)
  const off = (node: PlacedNode) => Math.abs(node.y - here.y)
  return nodes.toSorted((a, b) => apart(a) - apart(b) || off(a) - off(b) || a.y - b.y)[0]
}
