import { type AccessGraph, type EngineHopKind, engineHopKinds, type PathStep } from './contract'
import { incomingGrants, type ReverseScratch } from './reverse'

export type PathEnd = { lane: 'principal'; no: number } | { lane: 'resource'; no: number }

/** Edges that the search for further paths looks at before it gives up and says that there may be more. */
const mostVisits = 20_000_000

interface Found {
  /** Principals on the way, the start first. */
  nodes: number[]
  /** Hops between them; a last grant is told as -1 - its place. */
  edges: number[]
  /** Up to here it is the same as the path that it was made from. */
  splitAt: number
}

/**
 * The shortest paths from a principal to another node that pass no node twice, shortest first, at most `k`, with hops and
 * grants of the allowed kinds only (all when left out). Paths of one length come in a fixed order.
 */
export function shortestPaths(
  graph: AccessGraph,
  start: number,
  end: PathEnd,
  k: number,
  scratch: ReverseScratch,
  kinds?: readonly EngineHopKind[],
): { paths: PathStep[][]; hasMore: boolean } {
  const isAllowed = Uint8Array.from(engineHopKinds, (kind) => (kinds === undefined || kinds.includes(kind) ? 1 : 0))
  const search = new PathSearch(graph, end, isAllowed, scratch)
  const isSame = end.lane === 'principal' && end.no === start
  const isDead = graph.principalDead[start] === 1
  const first = isSame || isDead ? undefined : search.from([start], [], new Set())
  if (!first) return { paths: [], hasMore: false }
  const found: Found[] = []
  const candidates: Found[] = [{ ...first, splitAt: 0 }]
  const known = new Set([first.edges.join()])
  while (found.length <= k && candidates.length > 0) {
    const path = takeShortest(candidates)
    found.push(path)
    if (found.length > k) break
    // Yen's way with Lawler's rule: leave each node behind the split by an edge that no found path of the same root took.
    for (let at = path.splitAt; at < path.edges.length; at += 1) {
      const root = path.edges.slice(0, at)
      const taken = new Set<number>()
      for (const other of found) {
        if (root.every((edge, no) => other.edges[no] === edge)) taken.add(other.edges[at] ?? 0)
      }
      const next = search.from(path.nodes.slice(0, at + 1), root, taken)
      if (next === undefined) continue
      const key = next.edges.join()
      if (known.has(key)) continue
      known.add(key)
      candidates.push({ ...next, splitAt: at })
    }
  }
  return {
    paths: found.slice(0, k).map((path) => search.told(path)),
    hasMore: found.length > k || search.isCutShort,
  }
}

function takeShortest(candidates: Found[]): Found {
  let best = 0
  for (const [no, { edges }] of candidates.entries())
    if (edges.length < (candidates[best]?.edges.length ?? 0)) best = no
  return candidates.splice(best, 1)[0] ?? { nodes: [], edges: [], splitAt: 0 }
}

/** Searches towards one end, led by the true distances to it, so that a detour costs little more than its own length. */
class PathSearch {
  isCutShort = false
  readonly #graph: AccessGraph
  readonly #end: PathEnd
  readonly #isAllowed: Uint8Array
  readonly #distances: ReverseScratch
  #visits = 0

  constructor(graph: AccessGraph, end: PathEnd, isAllowed: Uint8Array, distances: ReverseScratch) {
    this.#graph = graph
    this.#end = end
    this.#isAllowed = isAllowed
    this.#distances = distances
    distances.begin()
    if (end.lane === 'principal') distances.add(end.no, -1, -1, 0, 0)
    else {
      const { from, source, edge } = incomingGrants(graph)
      for (let at = from[end.no] ?? 0; at < (from[end.no + 1] ?? 0); at += 1) {
        const grant = edge[at] ?? 0
        if (isAllowed[graph.grantKind[grant] ?? 0] === 1) distances.add(source[at] ?? 0, -1, grant, 1, 0)
      }
    }
    distances.spread(0, isAllowed)
  }

  /** The shortest path that begins with a root, leaves it by none of the taken edges and comes to none of its nodes again. */
  from(
    root: readonly number[],
    rootEdges: readonly number[],
    taken: ReadonlySet<number>,
  ): Omit<Found, 'splitAt'> | undefined {
    const start = root.at(-1) ?? -1
    if (!this.#distances.hasFound(start)) return undefined
    const closed = new Set(root.slice(0, -1))
    const shortest = this.#distances.stepsFrom(start)
    // By how much longer a path through the node is at least; the newest first, which runs straight to the end.
    const open: Item[][] = [[{ node: start, steps: 0, edge: 0, before: undefined }]]
    for (let slack = 0; slack < open.length; slack += 1) {
      for (let item = open[slack]?.pop(); item; item = open[slack]?.pop()) {
        if (closed.has(item.node)) continue
        closed.add(item.node)
        const leaving = item.before ? none : taken
        const last = this.#lastGrant(item.node, leaving)
        if (last !== undefined) return traced(root, rootEdges, { node: -1, steps: 0, edge: last, before: item })
        if (this.#end.lane === 'principal' && item.node === this.#end.no) return traced(root, rootEdges, item)
        this.#expand(item, leaving, closed, open, shortest)
        if (this.#visits > mostVisits) {
          this.isCutShort = true
          return undefined
        }
      }
    }
    return undefined
  }

  told({ nodes, edges }: Found): PathStep[] {
    const graph = this.#graph
    return edges.map((edge, no) => {
      const from = nodes[no] ?? 0
      if (edge < 0) {
        const grant = -1 - edge
        const kind = engineHopKinds[graph.grantKind[grant] ?? 0] ?? 'grants'
        const [basis = 0, level = 0] = [graph.grantBasis[grant], graph.grantLevel[grant]]
        return { lane: 'grant', from, to: this.#end.no, kind, basis, level }
      }
      const kind = engineHopKinds[graph.hopKind[edge] ?? 0] ?? 'grants'
      return { lane: 'hop', from, to: nodes[no + 1] ?? 0, kind, basis: graph.hopBasis[edge] ?? 0, level: 0 }
    })
  }

  /** The grant by which a node holds the end, the highest level first; as -1 - its place. */
  #lastGrant(node: number, taken: ReadonlySet<number>): number | undefined {
    if (this.#end.lane !== 'resource' || this.#distances.stepsFrom(node) !== 1) return undefined
    const { grantFrom, grantTo, grantLevel, grantKind } = this.#graph
    let best: number | undefined
    for (let at = grantFrom[node] ?? 0; at < (grantFrom[node + 1] ?? 0); at += 1) {
      this.#visits += 1
      if (grantTo[at] !== this.#end.no || this.#isAllowed[grantKind[at] ?? 0] !== 1 || taken.has(-1 - at)) continue
      if (best === undefined || (grantLevel[at] ?? 0) > (grantLevel[-1 - best] ?? 0)) best = -1 - at
    }
    return best
  }

  #expand(item: Item, taken: ReadonlySet<number>, closed: ReadonlySet<number>, open: Item[][], shortest: number): void {
    const { hopFrom, hopTo, hopKind, holdingOf } = this.#graph
    const ownHolding = this.#end.lane === 'resource' ? this.#end.no : -2
    const steps = item.steps + 1
    const [first = 0, last = 0] = [hopFrom[item.node], hopFrom[item.node + 1]]
    this.#visits += last - first
    // Backwards, as the last that is put in comes out first.
    for (let at = last - 1; at >= first; at -= 1) {
      const to = hopTo[at] ?? 0
      if (!this.#distances.hasFound(to) || this.#isAllowed[hopKind[at] ?? 0] !== 1) continue
      if (closed.has(to) || taken.has(at) || holdingOf[to] === ownHolding) continue
      const slack = steps + this.#distances.stepsFrom(to) - shortest
      while (open.length <= slack) open.push([])
      open[slack]?.push({ node: to, steps, edge: at, before: item })
    }
  }
}

interface Item {
  node: number
  steps: number
  /** By which it was come to. */
  edge: number
  before: Item | undefined
}

const none: ReadonlySet<number> = new Set()

function traced(root: readonly number[], rootEdges: readonly number[], last: Item) {
  const [nodes, edges]: [number[], number[]] = [[], []]
  for (let item = last; item.before; item = item.before) {
    if (item.node >= 0) nodes.push(item.node)
    edges.push(item.edge)
  }
  return { nodes: [...root, ...nodes.reverse()], edges: [...rootEdges, ...edges.reverse()] }
}
