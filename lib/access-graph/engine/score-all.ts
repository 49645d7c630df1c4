import { cellCount, levels, scoreOf } from '../score'
import { type Condensed, condense } from './condense'
import type { AccessGraph } from './contract'
import { longer, reach, Scratch } from './reach'
import type { ScoreColumns } from './requests'
import { findSignatures, type Signatures } from './signatures'
import { type Turns, toEnd } from './turns'

const levelCount = levels.length
/** Up to so many identities are searched one by one: putting the graph together first would take longer. */
const fewIdentities = 64
/** Looks at grants and hops in one turn. */
const visitsOfTurn = 2_000_000

/** Figures of identities, by place in the list that was asked for. */
export interface Scored extends ScoreColumns {
  /** Looks at grants and hops that it took. */
  visits: number
}

/** The numbers of all identities, ascending: the first principals of a graph. */
export function allIdentities({ principalType }: AccessGraph): Int32Array {
  let count = 0
  while (count < principalType.length && principalType[count] === 0) count += 1
  return Int32Array.from({ length: count }, (_, no) => no)
}

/**
 * The exact figures of many identities at once. What can become each other is looked at as one; identities that hop to the
 * same share one search; and of searches that meet the same heavy component its part is made once, the others only look at
 * what lies outside of it.
 */
export function scoreAll(
  graph: AccessGraph,
  identities: Int32Array = allIdentities(graph),
  few = fewIdentities,
): Scored {
  return toEnd(scoreInTurns(graph, identities, few))
}

/** The same in turns. */
export function* scoreInTurns(graph: AccessGraph, identities: Int32Array, few = fewIdentities): Turns<Scored> {
  const columns = emptyColumns(identities.length)
  if (identities.length <= few) return scoreEach(graph, identities, columns)
  const living = Int32Array.from(identities.keys()).filter((place) => graph.principalDead[identities[place] ?? 0] !== 1)
  const whole = condense(graph)
  const signatures = findSignatures(
    graph,
    whole,
    living.map((place) => identities[place] ?? 0),
  )
  const spread = new Spread(graph, whole)
  const { order, starts } = sorted(signatures.ofIdentity, signatures.count)
  let turnEnds = visitsOfTurn
  for (const signature of byHub(signatures, whole)) {
    if (spread.visits > turnEnds) {
      turnEnds = spread.visits + visitsOfTurn
      yield
    }
    spread.begin(signatures, signature)
    for (let at = starts[signature] ?? 0; at < (starts[signature + 1] ?? 0); at += 1) {
      const place = living[order[at] ?? 0] ?? 0
      spread.write(identities[place] ?? 0, place, columns)
    }
  }
  return { ...columns, visits: spread.visits }
}

function emptyColumns(count: number): ScoreColumns {
  return {
    score: new Float32Array(count),
    cells: new Uint32Array(count * cellCount),
    identities: new Uint32Array(count),
    systems: new Uint16Array(count),
    hours: new Float32Array(count),
  }
}

function scoreEach(graph: AccessGraph, identities: Int32Array, columns: ScoreColumns): Scored {
  const scratch = new Scratch(graph)
  let visits = 0
  for (let place = 0; place < identities.length; place += 1) {
    const found = reach(graph, identities[place] ?? 0, scratch)
    columns.cells.set(found.cells, place * cellCount)
    columns.identities[place] = found.identities
    columns.systems[place] = found.systems
    columns.hours[place] = found.hours
    columns.score[place] = scoreWith(found.cells, found.identities, found.hours)
    visits += found.visits
  }
  return { ...columns, visits }
}

/** The score of figures as the engine has them: hours that are not known are NaN. */
export function scoreWith(cells: ArrayLike<number>, identities: number, hours: number): number {
  return scoreOf({ cells, identities, hours: Number.isNaN(hours) ? null : hours })
}

/** Places of the list by their group: those of group g at `starts[g]` … `starts[g + 1] - 1` of `order`. */
function sorted(groups: Int32Array, count: number): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(count + 1)
  for (const group of groups) starts[group + 1] = (starts[group + 1] ?? 0) + 1
  for (let no = 0; no < count; no += 1) starts[no + 1] = (starts[no + 1] ?? 0) + (starts[no] ?? 0)
  const next = starts.slice()
  const order = new Int32Array(groups.length)
  for (let place = 0; place < groups.length; place += 1) {
    const group = groups[place] ?? 0
    order[next[group] ?? 0] = place
    next[group] = (next[group] ?? 0) + 1
  }
  return { order, starts }
}

/** Signatures in an order in which those with the same hub follow each other. */
function byHub(signatures: Signatures, whole: Condensed): Int32Array {
  const hubs = new Int32Array(signatures.count)
  for (let no = 0; no < signatures.count; no += 1) hubs[no] = hubOf(signatures, no, whole) + 1
  return sorted(hubs, whole.count + 1).order
}

/** The heaviest component behind a signature; -1 = it has none. */
function hubOf({ from, components }: Signatures, signature: number, { hub, weight }: Condensed): number {
  let best = -1
  for (let at = from[signature] ?? 0; at < (from[signature + 1] ?? 0); at += 1) {
    const other = hub[components[at] ?? 0] ?? 0
    if (best < 0 || (weight[other] ?? 0) > (weight[best] ?? 0)) best = other
  }
  return best
}

interface Sum {
  cells: Int32Array
  members: number
  systems: number
}

/** What is behind one signature: the part of its hub, made once, and what comes on top. */
class Spread {
  visits = 0
  readonly #graph: AccessGraph
  readonly #whole: Condensed
  /** Of each resource: mark and level in the hub's part, on top of it, in an identity's own grants; sensitivity and system. */
  readonly #resources: Int32Array
  /** Of each system and of each component: the mark in the hub's part, and on top. */
  readonly #systems: [Int32Array, Int32Array, Int32Array]
  readonly #components: [Int32Array, Int32Array]
  readonly #queue: Int32Array
  readonly #base = { cells: new Int32Array(cellCount), members: 0, systems: 0 }
  readonly #sum = { cells: new Int32Array(cellCount), members: 0, systems: 0 }
  readonly #own = new Int32Array(cellCount)
  /** Marks of the three lanes. */
  readonly #marks = [0, 0, 0]
  #hub = -2
  #hours = 0

  constructor(graph: AccessGraph, whole: Condensed) {
    this.#graph = graph
    this.#whole = whole
    this.#resources = new Int32Array(graph.resourceCount * 4)
    for (let no = 0; no < graph.resourceCount; no += 1)
      this.#resources[no * 4 + 3] = (graph.sensitivity[no] ?? 0) | ((graph.system[no] ?? 0) << 3)
    const systems = graph.systems.length
    this.#systems = [new Int32Array(systems), new Int32Array(systems), new Int32Array(systems)]
    this.#components = [new Int32Array(whole.count), new Int32Array(whole.count)]
    this.#queue = new Int32Array(whole.count)
  }

  begin(signatures: Signatures, signature: number): void {
    const { hours } = this.#whole
    const hub = hubOf(signatures, signature, this.#whole)
    if (hub !== this.#hub) {
      this.#hub = hub
      this.#base.cells.fill(0)
      this.#base.members = 0
      this.#base.systems = 0
      this.#mark(0)
      if (hub >= 0) this.#spread(0, Int32Array.of(hub), 0, 1, this.#base)
    }
    this.#sum.cells.set(this.#base.cells)
    this.#sum.members = this.#base.members
    this.#sum.systems = this.#base.systems
    this.#mark(1)
    const [first = 0, last = 0] = [signatures.from[signature], signatures.from[signature + 1]]
    this.#spread(1, signatures.components, first, last, this.#sum)
    this.#hours = 0
    for (let at = first; at < last; at += 1)
      this.#hours = longer(this.#hours, hours[signatures.components[at] ?? 0] ?? 0)
  }

  /** The figures of one identity of the signature, with what it holds itself. */
  write(identity: number, place: number, columns: ScoreColumns): void {
    const { grantFrom, grantTo, grantLevel } = this.#graph
    const [first = 0, last = 0] = [grantFrom[identity], grantFrom[identity + 1]]
    let { cells, systems, members } = this.#sum
    if (last > first) {
      cells = this.#own
      cells.set(this.#sum.cells)
      const mark = this.#mark(2)
      for (let at = first; at < last; at += 1)
        systems += this.#takeOwn(grantTo[at] ?? 0, grantLevel[at] ?? 0, mark, cells)
      this.visits += last - first
    }
    const component = this.#whole.componentOf[identity] ?? -1
    const isAmong = component >= 0 && this.#components.some((marks, lane) => marks[component] === this.#marks[lane])
    if (isAmong) members -= 1
    const hours = longer(this.#graph.hours[identity] ?? 0, this.#hours)
    columns.cells.set(cells, place * cellCount)
    columns.identities[place] = members
    columns.systems[place] = systems
    columns.hours[place] = hours
    columns.score[place] = scoreWith(cells, members, hours)
  }

  #mark(lane: number): number {
    const mark = (this.#marks[lane] ?? 0) + 1
    this.#marks[lane] = mark
    return mark
  }

  /** Everything behind some components; in lane 1 without what lane 0 has already. */
  #spread(lane: 0 | 1, roots: Int32Array, first: number, last: number, sum: Sum): void {
    const { hopFrom, hopTo, grantFrom, grants, members } = this.#whole
    const [base, marks] = [this.#components[0], this.#components[lane]]
    const [baseMark = 0, mark = 0] = [this.#marks[0], this.#marks[lane]]
    const [queue, resources, cells] = [this.#queue, this.#resources, sum.cells]
    const [baseSystems, systems] = [this.#systems[0], this.#systems[lane]]
    let end = 0
    for (let at = first; at < last; at += 1) {
      const component = roots[at] ?? 0
      if (base[component] === baseMark || marks[component] === mark) continue
      marks[component] = mark
      queue[end] = component
      end += 1
    }
    for (let next = 0; next < end; next += 1) {
      const component = queue[next] ?? 0
      sum.members += members[component] ?? 0
      const [hop = 0, lastHop = 0] = [hopFrom[component], hopFrom[component + 1]]
      for (let at = hop; at < lastHop; at += 1) {
        const to = hopTo[at] ?? 0
        if (base[to] === baseMark || marks[to] === mark) continue
        marks[to] = mark
        queue[end] = to
        end += 1
      }
      const [grant = 0, lastGrant = 0] = [grantFrom[component], grantFrom[component + 1]]
      for (let at = grant; at < lastGrant; at += 1) {
        const level = (grants[at] ?? 0) & 7
        const place = ((grants[at] ?? 0) >> 3) * 4
        // All of a resource lies in one line of the processor's cache.
        const below = resources[place] ?? 0
        let held = below >>> 3 === baseMark ? below & 7 : 0
        if (held >= level) continue
        const own = resources[place + lane] ?? 0
        if (own >>> 3 === mark && (own & 7) > held) held = own & 7
        if (held >= level) continue
        resources[place + lane] = (mark << 3) | level
        const meta = resources[place + 3] ?? 0
        const cell = (meta & 7) * levelCount - 1
        cells[cell + level] = (cells[cell + level] ?? 0) + 1
        if (held > 0) cells[cell + held] = (cells[cell + held] ?? 0) - 1
        else if (systems[meta >>> 3] !== mark && baseSystems[meta >>> 3] !== baseMark) {
          systems[meta >>> 3] = mark
          sum.systems += 1
        }
      }
      this.visits += lastHop - hop + lastGrant - grant
    }
  }

  /** Adds a grant of an identity itself to its figures; 1 when its system is new. */
  #takeOwn(resource: number, level: number, mark: number, cells: Int32Array): number {
    const [resources, marks] = [this.#resources, [this.#marks[0], this.#marks[1], mark]]
    let held = 0
    for (let lane = 0; lane < 3; lane += 1) {
      const there = resources[resource * 4 + lane] ?? 0
      if (there >>> 3 === marks[lane] && (there & 7) > held) held = there & 7
    }
    if (held >= level) return 0
    resources[resource * 4 + 2] = (mark << 3) | level
    const meta = resources[resource * 4 + 3] ?? 0
    const cell = (meta & 7) * levelCount - 1
    cells[cell + level] = (cells[cell + level] ?? 0) + 1
    if (held > 0) cells[cell + held] = (cells[cell + held] ?? 0) - 1
    if (held > 0 || this.#systems.some((systems, lane) => systems[meta >>> 3] === marks[lane])) return 0
    this.#systems[2][meta >>> 3] = mark
    return 1
  }
}
