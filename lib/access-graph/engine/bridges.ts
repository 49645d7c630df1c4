import { cellCount, levels } from '../score'
import type { AccessGraph } from './contract'
import { principalTypes } from './principal-types'
import type { Scratch } from './reach'
import { incomingHops } from './reverse'

const levelCount = levels.length

/** An edge that one principal's reach hangs on, with what would go with it. */
export interface Bridge {
  lane: 'hop' | 'grant'
  from: number
  to: number
  /** Place among the graph's hops or grants. */
  edge: number
  cells: Int32Array
  identities: number
}

/** Up to so many resources, single grants are told as well; of more, one of them hardly matters. */
const fewResources = 2000

/**
 * The edges without which the last search of `scratch` would have found less, by the dominators of what it reached. A resource
 * counts as lost when nothing else gives its highest level.
 */
export function bridgesOf(graph: AccessGraph, scratch: Scratch, visit: (bridge: Bridge) => void): void {
  const tree = new Dominators(graph, scratch)
  const { count, cells, identities } = tree
  const grants = tree.soleGrants
  // Children have higher numbers than what dominates them is not certain; sums go up the tree in the order of its depth.
  for (const no of tree.deepestFirst) {
    const parent = tree.parent[no] ?? 0
    for (let cell = 0; cell < cellCount; cell += 1) {
      const place = parent * cellCount + cell
      cells[place] = (cells[place] ?? 0) + (cells[no * cellCount + cell] ?? 0)
    }
    identities[parent] = (identities[parent] ?? 0) + (identities[no] ?? 0)
  }
  for (let no = 1; no < count; no += 1) {
    const edge = tree.soleHop(no)
    if (edge < 0) continue
    const [from = 0, to = 0] = [tree.principal(tree.parent[no] ?? 0), tree.principal(no)]
    const lost = cells.subarray(no * cellCount, (no + 1) * cellCount)
    visit({ lane: 'hop', from, to, edge, cells: lost, identities: identities[no] ?? 0 })
  }
  if (scratch.touchedCount > fewResources) return
  for (let at = 0; at < scratch.touchedCount; at += 1) {
    const resource = scratch.touched[at] ?? 0
    if (grants[at] !== 1) continue
    const lost = new Int32Array(cellCount)
    lost[(graph.sensitivity[resource] ?? 0) * levelCount + scratch.levelOf(resource) - 1] = 1
    const from = scratch.resources[resource * 4 + 1] ?? 0
    visit({
      lane: 'grant',
      from,
      to: resource,
      edge: scratch.resources[resource * 4 + 2] ?? 0,
      cells: lost,
      identities: 0,
    })
  }
}

/** The dominator tree of what a search reached: principals by their place in its queue. */
class Dominators {
  readonly count: number
  /** Of each place: the one that every way to it passes last. */
  readonly parent: Int32Array
  readonly cells: Int32Array
  readonly identities: Int32Array
  /** By place in `touched`: 1 when a single grant gives the resource its level. */
  readonly soleGrants: Uint8Array
  readonly #graph: AccessGraph
  readonly #scratch: Scratch
  readonly #placeOf = new Map<number, number>()
  readonly #depth: Int32Array
  readonly #postorder: Int32Array

  constructor(graph: AccessGraph, scratch: Scratch) {
    this.#graph = graph
    this.#scratch = scratch
    this.count = scratch.reached
    for (let place = 0; place < this.count; place += 1) this.#placeOf.set(scratch.queue[place] ?? 0, place)
    this.parent = new Int32Array(this.count).fill(-1)
    this.#depth = new Int32Array(this.count)
    this.#postorder = this.#order()
    this.#build()
    this.cells = new Int32Array(this.count * cellCount)
    this.identities = new Int32Array(this.count)
    for (let place = 1; place < this.count; place += 1)
      if ((graph.principalType[this.principal(place)] ?? 3) <= principalTypes.human) this.identities[place] = 1
    this.soleGrants = this.#placeResources()
  }

  principal(place: number): number {
    return this.#scratch.queue[place] ?? 0
  }

  get deepestFirst(): Int32Array {
    return Int32Array.from({ length: Math.max(0, this.count - 1) }, (_, no) => no + 1).sort(
      (a, b) => (this.#depth[b] ?? 0) - (this.#depth[a] ?? 0),
    )
  }

  /** The only hop that leads to a place from outside of what it dominates; -1 when there are several. */
  soleHop(place: number): number {
    let found = -1
    for (const { from, edge } of this.#before(place)) {
      if (this.#isUnder(from, place)) continue
      if (found >= 0) return -1
      found = edge
    }
    return found
  }

  #isUnder(place: number, above: number): boolean {
    let at = place
    while ((this.#depth[at] ?? 0) > (this.#depth[above] ?? 0)) at = this.parent[at] ?? 0
    return at === above
  }

  *#before(place: number): Iterable<{ from: number; edge: number }> {
    const { from, source, edge } = incomingHops(this.#graph)
    const principal = this.principal(place)
    for (let at = from[principal] ?? 0; at < (from[principal + 1] ?? 0); at += 1) {
      const before = this.#placeOf.get(source[at] ?? 0)
      if (before !== undefined && before !== place) yield { from: before, edge: edge[at] ?? 0 }
    }
  }

  /** Numbers of a depth-first walk, in the order in which nodes are left. */
  #order(): Int32Array {
    const { hopFrom, hopTo } = this.#graph
    const numbers = new Int32Array(this.count).fill(-1)
    const isEntered = new Uint8Array(this.count)
    const stack = [{ place: 0, at: hopFrom[this.principal(0)] ?? 0 }]
    isEntered[0] = 1
    let next = 0
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (top.at >= (hopFrom[this.principal(top.place) + 1] ?? 0)) {
        numbers[top.place] = next
        next += 1
        stack.pop()
        continue
      }
      const to = this.#placeOf.get(hopTo[top.at] ?? 0) ?? 0
      top.at += 1
      if (isEntered[to] === 1) continue
      isEntered[to] = 1
      stack.push({ place: to, at: hopFrom[this.principal(to)] ?? 0 })
    }
    return numbers
  }

  /** Cooper, Harvey and Kennedy: intersects what is known of the nodes before until nothing changes. */
  #build(): void {
    if (this.count === 0) return
    const order = Int32Array.from({ length: this.count }, (_, place) => place).sort(
      (a, b) => (this.#postorder[b] ?? 0) - (this.#postorder[a] ?? 0),
    )
    this.parent[0] = 0
    for (let hasChanged = true; hasChanged; ) {
      hasChanged = false
      for (const place of order) {
        if (place === 0) continue
        let best = -1
        for (const { from } of this.#before(place)) {
          if ((this.parent[from] ?? -1) >= 0) best = best < 0 ? from : this.#meet(from, best)
        }
        if (best === this.parent[place]) continue
        this.parent[place] = best
        hasChanged = true
      }
    }
    for (const place of order) if (place !== 0) this.#depth[place] = (this.#depth[this.parent[place] ?? 0] ?? 0) + 1
  }

  /** The last node that every way to either passes. */
  #meet(one: number, other: number): number {
    const order = this.#postorder
    let [a, b] = [one, other]
    while (a !== b) {
      while ((order[a] ?? 0) < (order[b] ?? 0)) a = this.parent[a] ?? 0
      while ((order[b] ?? 0) < (order[a] ?? 0)) b = this.parent[b] ?? 0
    }
    return a
  }

  /** Counts each resource where all ways to its highest level part. */
  #placeResources(): Uint8Array {
    const { grantFrom, grantTo, grantLevel, sensitivity } = this.#graph
    const scratch = this.#scratch
    const owner = new Map<number, number>()
    const grants = new Map<number, number>()
    for (let place = 0; place < this.count; place += 1) {
      const principal = this.principal(place)
      for (let at = grantFrom[principal] ?? 0; at < (grantFrom[principal + 1] ?? 0); at += 1) {
        const resource = grantTo[at] ?? 0
        if (grantLevel[at] !== scratch.levelOf(resource)) continue
        const known = owner.get(resource)
        owner.set(resource, known === undefined ? place : this.#meet(known, place))
        grants.set(resource, (grants.get(resource) ?? 0) + 1)
      }
    }
    for (const [resource, place] of owner) {
      const cell = place * cellCount + (sensitivity[resource] ?? 0) * levelCount + scratch.levelOf(resource) - 1
      this.cells[cell] = (this.cells[cell] ?? 0) + 1
    }
    return Uint8Array.from({ length: scratch.touchedCount }, (_, at) =>
      grants.get(scratch.touched[at] ?? 0) === 1 ? 1 : 0,
    )
  }
}
