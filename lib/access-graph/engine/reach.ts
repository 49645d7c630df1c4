import { cellCount, hoursOfYear, levels } from '../score'
import { doubtOf } from './certainty'
import type { AccessGraph, PathStep, Reach } from './contract'
import { engineHopKinds } from './contract'
import { kindNumber } from './leads'
import type { Overlay, Row } from './overlay'
import { principalTypes } from './principal-types'
import { incomingGrants, incomingHops } from './reverse'
import { type Choice, mostChoices, SurestWays } from './surest-ways'

/** Of what lives longest: what is not known (NaN) counts as a year, so that learning an end never makes it longer. */
export function longer(a: number, b: number): number {
  if (Number.isNaN(a)) return b >= hoursOfYear ? b : a
  if (Number.isNaN(b)) return a >= hoursOfYear ? a : b
  return a > b ? a : b
}

/** A grant by which a resource is reached. */
interface Granting {
  from: number
  edge: number
  certainty: number
}

const levelCount = levels.length
const mostEpochs = 2 ** 28

/**
 * Room for searches over one graph, used again for each: nothing is cleared between two, as marks carry the number of the
 * search that made them. Until the next search it also holds what the last one found.
 */
export class Scratch {
  /** Of each principal: mark, principal before it, place of the hop in that one's row, steps from the start. */
  principals: Int32Array
  /** Of each resource: mark and level, who grants it, place of the grant, and its sensitivity and system. */
  readonly resources: Int32Array
  /** Principals in the order in which they were reached, the start first. */
  queue: Int32Array
  readonly touched: Int32Array
  readonly systemMarks: Int32Array
  epoch = 0
  reached = 0
  touchedCount = 0
  overlay: Overlay | undefined
  #ways: SurestWays | undefined

  constructor(readonly graph: AccessGraph) {
    this.principals = new Int32Array(graph.principalCount * 4)
    this.queue = new Int32Array(graph.principalCount)
    this.resources = new Int32Array(graph.resourceCount * 4)
    this.touched = new Int32Array(graph.resourceCount)
    this.systemMarks = new Int32Array(graph.systems.length)
    for (let no = 0; no < graph.resourceCount; no += 1)
      this.resources[no * 4 + 3] = (graph.sensitivity[no] ?? 0) | ((graph.system[no] ?? 0) << 3)
  }

  begin(overlay: Overlay | undefined): void {
    this.overlay = overlay
    this.#ways = undefined
    this.reached = 0
    this.touchedCount = 0
    const needed = overlay?.principalCount ?? 0
    if (needed > this.queue.length) {
      this.principals = new Int32Array(needed * 4)
      this.queue = new Int32Array(needed)
    }
    this.epoch += 1
    if (this.epoch < mostEpochs) return
    this.epoch = 1
    this.systemMarks.fill(0)
    for (let at = 0; at < this.principals.length; at += 4) this.principals[at] = 0
    for (let at = 0; at < this.resources.length; at += 4) this.resources[at] = 0
  }

  hasReached(principal: number): boolean {
    return this.principals[principal * 4] === this.epoch
  }

  /** The highest level that the last search found on a resource; 0 = not reached. */
  levelOf(resource: number): number {
    const mark = this.resources[resource * 4] ?? 0
    return mark >>> 3 === this.epoch ? mark & 7 : 0
  }

  /** Steps of the shortest path to a reached resource at its highest level. */
  stepsTo(resource: number): number {
    return (this.principals[(this.resources[resource * 4 + 1] ?? 0) * 4 + 3] ?? 0) + 1
  }

  /** The shortest path to a reached principal; of equally short ones the surest. */
  pathToPrincipal(principal: number): PathStep[] {
    return this.#pathTo(principal, this.#surest([principal]))
  }

  /** The shortest path to a reached resource at its highest level; of equally short ones the surest. */
  pathTo(resource: number): PathStep[] {
    const grants = this.#grantsTo(resource)
    const choiceOf = this.#surest(grants.map(({ from }) => from))
    const doubt = ({ from, certainty }: Granting) => doubtOf(certainty) + (choiceOf(from)?.doubt ?? 0)
    const { from, edge } = grants.reduce((best, grant) => (doubt(grant) < doubt(best) ? grant : best))
    return [...this.#pathTo(from, choiceOf), this.#grant(from, resource, edge)]
  }

  #pathTo(principal: number, choiceOf: (node: number) => Choice | undefined): PathStep[] {
    const steps: PathStep[] = []
    for (let [at, choice] = [principal, choiceOf(principal)]; choice; choice = choiceOf(at)) {
      steps.push(this.#hop(choice.node, at, choice.edge))
      at = choice.node
    }
    return steps.reverse()
  }

  #surest(principals: readonly number[]) {
    this.#ways ??= new SurestWays((node, visit) => this.#eachBefore(node, visit))
    return this.#ways.choose(principals)
  }

  /** The hops by which a reached principal is come to in as few steps as can be. */
  #eachBefore(principal: number, visit: (before: number, edge: number, doubt: number) => void): void {
    const { graph, principals, epoch } = this
    const steps = principals[principal * 4 + 3] ?? 0
    if (steps === 0) return
    const found = principals[principal * 4 + 1] ?? 0
    const doubt = (from: number, edge: number) => doubtOf(this.#columns(from).hopBasis[edge] ?? 0)
    if (steps === 1 && !this.overlay) {
      // Whoever is one step away is so by the start's own row, however many others lead there too.
      for (let at = graph.hopFrom[found] ?? 0; at < (graph.hopFrom[found + 1] ?? 0); at += 1)
        if (graph.hopTo[at] === principal) visit(found, at, doubt(found, at))
      return
    }
    const { from, source, edge } = incomingHops(graph)
    const [first = 0, last = 0] = [from[principal], from[principal + 1]]
    if (this.overlay || last - first > mostChoices) {
      const at = principals[principal * 4 + 2] ?? 0
      visit(found, at, doubt(found, at))
      return
    }
    for (let at = first; at < last; at += 1) {
      const before = source[at] ?? 0
      if (principals[before * 4] === epoch && principals[before * 4 + 3] === steps - 1)
        visit(before, edge[at] ?? 0, doubt(before, edge[at] ?? 0))
    }
  }

  /** The grants that give a reached resource its highest level in as few steps as can be, the one that was found first. */
  #grantsTo(resource: number): [Granting, ...Granting[]] {
    const { graph, principals, epoch } = this
    const [granter = 0, edge = 0] = this.resources.subarray(resource * 4 + 1, resource * 4 + 3)
    const found = { from: granter, edge, certainty: this.#columns(granter).grantBasis[edge] ?? 0 }
    if (this.overlay) return [found]
    const incoming = incomingGrants(graph)
    const [first = 0, last = 0] = [incoming.from[resource], incoming.from[resource + 1]]
    if (last - first > mostChoices) return [found]
    const [level, steps] = [this.levelOf(resource), principals[granter * 4 + 3]]
    const others: Granting[] = []
    for (let at = first; at < last; at += 1) {
      const [from = 0, grant = 0] = [incoming.source[at], incoming.edge[at]]
      if (graph.grantLevel[grant] !== level || principals[from * 4] !== epoch) continue
      if (principals[from * 4 + 3] === steps)
        others.push({ from, edge: grant, certainty: graph.grantBasis[grant] ?? 0 })
    }
    return [found, ...others]
  }

  #hop(from: number, to: number, edge: number): PathStep {
    const { hopKind, hopBasis } = this.#columns(from)
    return {
      lane: 'hop',
      from,
      to,
      kind: engineHopKinds[hopKind[edge] ?? 0] ?? 'grants',
      basis: hopBasis[edge] ?? 0,
      level: 0,
    }
  }

  #grant(from: number, to: number, edge: number): PathStep {
    const { grantKind, grantBasis, grantLevel } = this.#columns(from)
    const kind = engineHopKinds[grantKind[edge] ?? 0] ?? 'grants'
    return { lane: 'grant', from, to, kind, basis: grantBasis[edge] ?? 0, level: grantLevel[edge] ?? 0 }
  }

  #columns(principal: number): Row {
    return this.overlay?.rows.get(principal) ?? this.graph
  }
}

/**
 * Everything that a principal reaches, breadth first: each resource at its highest level, by a shortest path. Takes as many
 * steps as there are edges behind what it can become. Who is dead reaches nothing.
 */
export function reach(graph: AccessGraph, start: number, scratch: Scratch, overlay?: Overlay): Reach {
  scratch.begin(overlay)
  const cells = new Uint32Array(cellCount)
  if (graph.principalDead[start] === 1) return { cells, identities: 0, systems: 0, hours: 0, visits: 0 }
  const { principals, resources, queue, epoch } = scratch
  let visits = 0
  let hours = overlay ? overlay.hoursOf(start) : (graph.hours[start] ?? 0)
  let identities = -1
  principals[start * 4] = epoch
  principals[start * 4 + 3] = 0
  queue[0] = start
  let end = 1
  let touchedCount = 0
  const isCounted =
    graph.principalType[start] === principalTypes.identity || graph.principalType[start] === principalTypes.human
  if (!isCounted) identities = 0
  for (let next = 0; next < end; next += 1) {
    const from = queue[next] ?? 0
    const type = graph.principalType[from] ?? principalTypes.holding
    if (type <= principalTypes.human) identities += 1
    const depth = (principals[from * 4 + 3] ?? 0) + 1
    const row = overlay === undefined ? undefined : overlay.rows.get(from)
    const { hopTo, hopKind, grantTo, grantLevel } = row ?? graph
    const firstHop = row ? 0 : (graph.hopFrom[from] ?? 0)
    const lastHop = row ? hopTo.length : (graph.hopFrom[from + 1] ?? 0)
    for (let at = firstHop; at < lastHop; at += 1) {
      const to = hopTo[at] ?? 0
      if (hopKind[at] === kindNumber.stores)
        hours = longer(hours, overlay ? overlay.hoursOf(to) : (graph.hours[to] ?? 0))
      if (principals[to * 4] === epoch) continue
      principals[to * 4] = epoch
      principals[to * 4 + 1] = from
      principals[to * 4 + 2] = at
      principals[to * 4 + 3] = depth
      queue[end] = to
      end += 1
    }
    const firstGrant = row ? 0 : (graph.grantFrom[from] ?? 0)
    const lastGrant = row ? grantTo.length : (graph.grantFrom[from + 1] ?? 0)
    for (let at = firstGrant; at < lastGrant; at += 1) {
      const place = (grantTo[at] ?? 0) * 4
      const mark = resources[place] ?? 0
      const level = grantLevel[at] ?? 0
      const isKnown = mark >>> 3 === epoch
      if (isKnown ? (mark & 7) >= level : level === 0) continue
      const meta = resources[place + 3] ?? 0
      const cell = (meta & 7) * levelCount - 1
      if (isKnown) cells[cell + (mark & 7)] = (cells[cell + (mark & 7)] ?? 0) - 1
      else {
        scratch.touched[touchedCount] = place >> 2
        touchedCount += 1
        scratch.systemMarks[meta >>> 3] = epoch
      }
      cells[cell + level] = (cells[cell + level] ?? 0) + 1
      resources[place] = (epoch << 3) | level
      resources[place + 1] = from
      resources[place + 2] = at
    }
    visits += lastHop - firstHop + lastGrant - firstGrant
  }
  scratch.reached = end
  scratch.touchedCount = touchedCount
  let systems = 0
  for (let no = 0; no < scratch.systemMarks.length; no += 1) if (scratch.systemMarks[no] === epoch) systems += 1
  return { cells, identities, systems, hours, visits }
}

/** A resource that is reached at a lower level than before, or no more (0). */
export interface Loss {
  resource: number
  before: number
  after: number
}

/** What one search found and another did not, or lower. */
export function lostBetween(before: Scratch, after: Scratch): Loss[] {
  const lost: Loss[] = []
  for (let at = 0; at < before.touchedCount; at += 1) {
    const resource = before.touched[at] ?? 0
    const [was, is] = [before.levelOf(resource), after.levelOf(resource)]
    if (is < was) lost.push({ resource, before: was, after: is })
  }
  return lost
}
