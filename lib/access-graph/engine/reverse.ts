import { doubtOf } from './certainty'
import type { AccessGraph, PathStep } from './contract'
import { engineHopKinds } from './contract'
import { oncePerGraph } from './graph-index'
import { mostChoices, SurestWays } from './surest-ways'

/** The same edges from their ends: those that lead to node n at `from[n]` … `from[n + 1] - 1`. */
export interface Incoming {
  from: Int32Array
  /** Where the edge starts. */
  source: Int32Array
  /** Its place among the graph's hops or grants. */
  edge: Int32Array
}

/** The hops and grants of a graph from their ends, worked out when first asked. */
export const incomingHops = oncePerGraph(({ hopFrom, hopTo, principalCount }) => turned(hopFrom, hopTo, principalCount))
export const incomingGrants = oncePerGraph(({ grantFrom, grantTo, resourceCount }) =>
  turned(grantFrom, grantTo, resourceCount),
)

function turned(rowFrom: Int32Array, to: Int32Array, count: number): Incoming {
  const from = new Int32Array(count + 1)
  for (let at = 0; at < to.length; at += 1) {
    const end = (to[at] ?? 0) + 1
    from[end] = (from[end] ?? 0) + 1
  }
  for (let no = 0; no < count; no += 1) from[no + 1] = (from[no + 1] ?? 0) + (from[no] ?? 0)
  const [source, edge, next] = [new Int32Array(to.length), new Int32Array(to.length), from.slice(0, count)]
  for (let row = 0; row + 1 < rowFrom.length; row += 1) {
    for (let at = rowFrom[row] ?? 0; at < (rowFrom[row + 1] ?? 0); at += 1) {
      const end = to[at] ?? 0
      const place = next[end] ?? 0
      source[place] = row
      edge[place] = at
      next[end] = place + 1
    }
  }
  return { from, source, edge }
}

/** Room for searches against the edges of one graph, and what the last one found. */
export class ReverseScratch {
  /** Of each principal: mark, the principal after it (-1: the resource), the edge's place, steps to the end. */
  readonly nodes: Int32Array
  readonly levels: Uint8Array
  /** Principals in the order in which they were found. */
  readonly queue: Int32Array
  epoch = 0
  count = 0
  #ways: SurestWays | undefined

  constructor(readonly graph: AccessGraph) {
    this.nodes = new Int32Array(graph.principalCount * 4)
    this.levels = new Uint8Array(graph.principalCount)
    this.queue = new Int32Array(graph.principalCount)
  }

  begin(): void {
    this.count = 0
    this.#ways = undefined
    this.epoch += 1
    if (this.epoch < 2 ** 31 - 1) return
    this.epoch = 1
    for (let at = 0; at < this.nodes.length; at += 4) this.nodes[at] = 0
  }

  hasFound(principal: number): boolean {
    return this.nodes[principal * 4] === this.epoch
  }

  stepsFrom(principal: number): number {
    return this.nodes[principal * 4 + 3] ?? 0
  }

  /** Marks a principal that is not marked yet; whether it was not. */
  add(principal: number, after: number, edge: number, steps: number, level: number): boolean {
    const place = principal * 4
    if (this.nodes[place] === this.epoch) return false
    this.nodes[place] = this.epoch
    this.nodes[place + 1] = after
    this.nodes[place + 2] = edge
    this.nodes[place + 3] = steps
    this.levels[principal] = level
    this.queue[this.count] = principal
    this.count += 1
    return true
  }

  /** Follows hops against their direction from all that was added since place `first` of the queue. */
  spread(first: number, isAllowed?: Uint8Array): void {
    const { from, source, edge } = incomingHops(this.graph)
    const { hopKind } = this.graph
    for (let next = first; next < this.count; next += 1) {
      const to = this.queue[next] ?? 0
      const steps = this.stepsFrom(to) + 1
      const level = this.levels[to] ?? 0
      for (let at = from[to] ?? 0; at < (from[to + 1] ?? 0); at += 1) {
        const hop = edge[at] ?? 0
        if (isAllowed && isAllowed[hopKind[hop] ?? 0] !== 1) continue
        this.add(source[at] ?? 0, to, hop, steps, level)
      }
    }
  }

  /**
   * The shortest path from a principal that was found to the end of the search, at `resource` when it began at one (else -1); of
   * equally short ones the surest. Not for searches in which only some kinds were allowed.
   */
  pathFrom(principal: number, resource: number): PathStep[] {
    const { graph } = this
    this.#ways ??= new SurestWays((node, visit) => this.#eachAfter(node, resource, visit))
    const choiceOf = this.#ways.choose([principal])
    const steps: PathStep[] = []
    for (let [at, choice] = [principal, choiceOf(principal)]; choice; choice = choiceOf(at)) {
      const { node: after, edge } = choice
      if (after < 0) {
        const kind = engineHopKinds[graph.grantKind[edge] ?? 0] ?? 'grants'
        const [basis = 0, level = 0] = [graph.grantBasis[edge], graph.grantLevel[edge]]
        steps.push({ lane: 'grant', from: at, to: resource, kind, basis, level })
        break
      }
      const kind = engineHopKinds[graph.hopKind[edge] ?? 0] ?? 'grants'
      steps.push({ lane: 'hop', from: at, to: after, kind, basis: graph.hopBasis[edge] ?? 0, level: 0 })
      at = after
    }
    return steps
  }

  /** The edges by which a found principal goes on to the end in as few steps as can be; -1 for the resource. */
  #eachAfter(principal: number, resource: number, visit: (after: number, edge: number, doubt: number) => void): void {
    const { graph, nodes, levels, epoch } = this
    const steps = this.stepsFrom(principal)
    if (principal < 0 || steps === 0) return
    const isGrant = resource >= 0 && steps === 1
    const [rows, basis] = isGrant ? [graph.grantFrom, graph.grantBasis] : [graph.hopFrom, graph.hopBasis]
    const [first = 0, last = 0] = [rows[principal], rows[principal + 1]]
    if (last - first > mostChoices) {
      const edge = nodes[principal * 4 + 2] ?? 0
      visit(nodes[principal * 4 + 1] ?? -1, edge, doubtOf(basis[edge] ?? 0))
      return
    }
    for (let at = first; at < last; at += 1) {
      if (isGrant) {
        if (graph.grantTo[at] === resource && graph.grantLevel[at] === levels[principal])
          visit(-1, at, doubtOf(basis[at] ?? 0))
        continue
      }
      const after = graph.hopTo[at] ?? 0
      if (nodes[after * 4] !== epoch || nodes[after * 4 + 3] !== steps - 1) continue
      if (levels[after] === levels[principal]) visit(after, at, doubtOf(basis[at] ?? 0))
    }
  }
}

/** Every principal that reaches a resource, at its highest level (`levels`), by a shortest path at that level. */
export function reachersOf(graph: AccessGraph, resource: number, scratch: ReverseScratch): void {
  const { from, source, edge } = incomingGrants(graph)
  scratch.begin()
  const [first = 0, last = 0] = [from[resource], from[resource + 1]]
  // Whoever reaches a holder of the highest level is found before the next level is looked at, so each gets its highest.
  for (let level = 5; level > 0; level -= 1) {
    const before = scratch.count
    for (let at = first; at < last; at += 1) {
      const grant = edge[at] ?? 0
      if (graph.grantLevel[grant] === level) scratch.add(source[at] ?? 0, -1, grant, 1, level)
    }
    scratch.spread(before)
  }
}

/** Every principal that can become this one, itself first, by a shortest path. */
export function becomersOf(graph: AccessGraph, principal: number, scratch: ReverseScratch): void {
  scratch.begin()
  if (graph.principalDead[principal] === 1) return
  scratch.add(principal, -1, -1, 0, 0)
  scratch.spread(0)
}

/** All principals from which any of these is reached, themselves included. */
export function closureBehind(principals: Iterable<number>, scratch: ReverseScratch): void {
  scratch.begin()
  for (const principal of principals) scratch.add(principal, -1, -1, 0, 0)
  scratch.spread(0)
}
