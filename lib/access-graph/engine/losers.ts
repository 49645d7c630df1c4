import type { AccessGraph } from './contract'
import type { Overlay } from './overlay'
import { principalTypes } from './principal-types'
import { type Loss, lostBetween, reach } from './reach'
import { closureBehind, incomingGrants } from './reverse'
import type { Rooms } from './rooms'

export interface Loser {
  principal: number
  /** Resources that it would reach no more, or at a lower level. */
  lostResources: number
}

/** The levels that are lost, by resource. */
type Levels = Map<number, number>

/**
 * The other identities that lose something by changes. Whatever an identity loses, the start of some changed edge that it
 * still reaches loses too; so for everybody behind those starts only their losses are looked up, in that part of the graph
 * that leads to a start or to another way to what is lost. Identities that hop to the same part of it share the answer.
 */
export function findLosers(
  graph: AccessGraph,
  start: number,
  overlay: Overlay,
  rooms: Rooms,
  mostVisits: number,
): { losers: Loser[]; isComplete: boolean } {
  const losses = new Map<number, Loss[]>()
  for (const from of overlay.starts) {
    reach(graph, from, rooms.before)
    reach(graph, from, rooms.after, overlay)
    const lost = lostBetween(rooms.before, rooms.after)
    if (lost.length > 0) losses.set(from, lost)
  }
  if (losses.size === 0) return { losers: [], isComplete: true }
  const part = new AffectedPart(graph, overlay, rooms, losses)
  const losers: Loser[] = []
  const { behind } = rooms
  const answers = new Map<number | string, number>()
  for (let at = 0; at < behind.count; at += 1) {
    const principal = behind.queue[at] ?? 0
    if (graph.principalType[principal] !== principalTypes.identity || principal === start) continue
    if (part.visits > mostVisits) return { losers, isComplete: false }
    const key = part.keyOf(principal)
    let lostResources = key === undefined ? undefined : answers.get(key)
    if (lostResources === undefined) {
      lostResources = part.lostBy(principal)
      if (key !== undefined) answers.set(key, lostResources)
    }
    if (lostResources > 0) losers.push({ principal, lostResources })
  }
  return { losers, isComplete: true }
}

class AffectedPart {
  visits = 0
  /** Of each resource that some start loses: the least level that is lost. */
  readonly #wanted: Uint8Array
  readonly #kept: Int32Array
  readonly #touched: number[] = []
  /** Of each principal: the search that came to it last; and the principals of a search in their order. */
  readonly #seen: Int32Array
  readonly #queue: Int32Array
  readonly #edges = new Map<number, { hops: number[]; grants: number[] }>()
  readonly #required = new Map<string, Levels>()
  #epoch = 0

  constructor(
    readonly graph: AccessGraph,
    readonly overlay: Overlay,
    readonly rooms: Rooms,
    /** What the start of each changed edge itself loses. */
    readonly losses: ReadonlyMap<number, readonly Loss[]>,
  ) {
    this.#wanted = new Uint8Array(graph.resourceCount)
    this.#kept = new Int32Array(graph.resourceCount)
    this.#seen = new Int32Array(overlay.principalCount)
    this.#queue = new Int32Array(overlay.principalCount)
    for (const loss of losses.values()) {
      for (const { resource, before: level } of loss) {
        const known = this.#wanted[resource] ?? 0
        if (known === 0 || level < known) this.#wanted[resource] = level
      }
    }
    closureBehind(losses.keys(), rooms.behind)
    closureBehind(this.#holders(), rooms.keeping)
  }

  /** Who holds one of the lost resources at the least level that is lost. */
  *#holders(): Iterable<number> {
    const { from, source, edge } = incomingGrants(this.graph)
    for (const loss of this.losses.values()) {
      for (const { resource } of loss) {
        const [first = 0, last = 0] = [from[resource], from[resource + 1]]
        this.visits += last - first
        for (let at = first; at < last; at += 1)
          if ((this.graph.grantLevel[edge[at] ?? 0] ?? 0) >= (this.#wanted[resource] ?? 0)) yield source[at] ?? 0
      }
    }
  }

  #isIn(principal: number): boolean {
    const isAdded = principal >= this.graph.principalCount
    return isAdded || this.rooms.behind.hasFound(principal) || this.rooms.keeping.hasFound(principal)
  }

  /** Principals with the same key lose the same; `undefined` for those that differ by themselves. */
  keyOf(principal: number): number | string | undefined {
    if (this.overlay.rows.has(principal)) return undefined
    const { hopFrom, hopTo, grantFrom, grantTo } = this.graph
    for (let at = grantFrom[principal] ?? 0; at < (grantFrom[principal + 1] ?? 0); at += 1)
      if (this.#wanted[grantTo[at] ?? 0] !== 0) return undefined
    const targets: number[] = []
    for (let at = hopFrom[principal] ?? 0; at < (hopFrom[principal + 1] ?? 0); at += 1) {
      const to = hopTo[at] ?? 0
      if (this.#isIn(to) && targets.at(-1) !== to) targets.push(to)
    }
    return targets.length === 1 ? targets[0] : targets.join()
  }

  /** How many resources a principal reaches no more, or lower. */
  lostBy(start: number): number {
    this.#epoch += 1
    this.#touched.length = 0
    const [seen, queue, epoch] = [this.#seen, this.#queue, this.#epoch]
    const starts: number[] = []
    seen[start] = epoch
    queue[0] = start
    for (let next = 0, end = 1; next < end; next += 1) {
      const from = queue[next] ?? 0
      if (this.losses.has(from)) starts.push(from)
      const { hops, grants } = this.#edgesOf(from)
      for (const to of hops) {
        if (seen[to] === epoch) continue
        seen[to] = epoch
        queue[end] = to
        end += 1
      }
      for (const grant of grants) this.#keep(grant >> 3, grant & 7)
      this.visits += hops.length + grants.length
    }
    if (starts.length === 0) return 0
    const [only = -1] = starts
    if (this.losses.size === 1) {
      // What is lost of each resource is what the one start loses of it.
      let left = this.losses.get(only)?.length ?? 0
      for (const resource of this.#touched)
        if (((this.#kept[resource] ?? 0) & 7) >= (this.#wanted[resource] ?? 0)) left -= 1
      return left
    }
    const required = this.#requiredOf(starts)
    let lost = required.size
    for (const resource of this.#touched) {
      const level = required.get(resource)
      if (level !== undefined && ((this.#kept[resource] ?? 0) & 7) >= level) lost -= 1
    }
    return lost
  }

  /** What matters of what leaves a principal: hops within the part, and grants of what is lost, as resource × 8 + level. */
  #edgesOf(from: number): { hops: number[]; grants: number[] } {
    const known = this.#edges.get(from)
    if (known) return known
    const { graph } = this
    const row = this.overlay.rows.get(from)
    const { hopTo, grantTo, grantLevel } = row ?? graph
    const edges = { hops: [] as number[], grants: [] as number[] }
    const [firstHop, lastHop] = row ? [0, hopTo.length] : [graph.hopFrom[from] ?? 0, graph.hopFrom[from + 1] ?? 0]
    for (let at = firstHop; at < lastHop; at += 1) if (this.#isIn(hopTo[at] ?? 0)) edges.hops.push(hopTo[at] ?? 0)
    const [first, last] = row ? [0, grantTo.length] : [graph.grantFrom[from] ?? 0, graph.grantFrom[from + 1] ?? 0]
    for (let at = first; at < last; at += 1) {
      const [resource = 0, level = 0] = [grantTo[at], grantLevel[at]]
      const wanted = this.#wanted[resource] ?? 0
      if (wanted > 0 && level >= wanted) edges.grants.push(resource * 8 + level)
    }
    this.visits += lastHop - firstHop + last - first
    this.#edges.set(from, edges)
    return edges
  }

  #keep(resource: number, level: number): void {
    const kept = this.#kept[resource] ?? 0
    const isKnown = kept >>> 3 === this.#epoch
    if (!isKnown) this.#touched.push(resource)
    if (!isKnown || (kept & 7) < level) this.#kept[resource] = (this.#epoch << 3) | level
  }

  /** What several starts lose together: the highest level that any of them had. */
  #requiredOf(starts: number[]): Levels {
    const key = starts.toSorted((a, b) => a - b).join()
    let required = this.#required.get(key)
    if (required === undefined) {
      required = new Map()
      for (const start of starts)
        for (const { resource, before: level } of this.losses.get(start) ?? [])
          required.set(resource, Math.max(level, required.get(resource) ?? 0))
      if (this.#required.size < 100) this.#required.set(key, required)
    }
    return required
  }
}
