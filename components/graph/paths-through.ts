import type { LayoutEdge } from './layered-layout'

/**
 * What lies on the ways through one node: all from which it can be got to, and all that can be got to from it. Pure.
 * @returns the ids of nodes, and the numbers of edges
 */
export function pathsThrough(edges: readonly LayoutEdge[], id: string): { nodes: Set<string>; edges: Set<number> } {
  const nodes = new Set([id])
  const kept = new Set<number>()
  for (const way of ['to', 'from'] as const) {
    const leaving = new Map<string, number[]>()
    for (const [index, edge] of edges.entries()) {
      const start = way === 'to' ? edge.from : edge.to
      leaving.set(start, [...(leaving.get(start) ?? []), index])
    }
    const seen = new Set([id])
    const queue = [id]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const index of leaving.get(next) ?? []) {
        kept.add(index)
        const other = edges[index]?.[way]
        if (other === undefined || seen.has(other)) continue
        seen.add(other)
        nodes.add(other)
        queue.push(other)
      }
    }
  }
  return { nodes, edges: kept }
}
