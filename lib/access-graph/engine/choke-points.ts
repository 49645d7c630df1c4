import { cellCount } from '../score'
import { type Bridge, bridgesOf } from './bridges'
import type { AccessGraph, PathStep } from './contract'
import { engineHopKinds } from './contract'
import { holdingsOf } from './graph-index'
import { kindNumber } from './leads'
import { principalTypes } from './principal-types'
import { reach } from './reach'
import { closureBehind } from './reverse'
import type { Rooms } from './rooms'
import { allIdentities, type Scored, scoreAll, scoreInTurns, scoreWith } from './score-all'
import type { Turns } from './turns'

interface Found {
  total: number
  candidates: number
  items: ChokePoint[]
}

/** What was found for a graph last: it takes minutes in the largest, and the same people look again. */
const known = new WeakMap<AccessGraph, { candidates: number; found: Found }>()

/** Identities whose bridges are looked at to find candidates; all of them when there are no more. */
const sampleSize = 256

export interface ChokePoint {
  step: PathStep
  /** By how much the sum of all scores falls without it. */
  effect: number
  /** Identities whose score falls. */
  identities: number
  /** Pairs of identity and resource that end. */
  pairs: number
}

/**
 * The edges whose removal lowers the sum of all scores most. Candidates come from the bridges of a sample of identities, the
 * likelier the higher their score (of all identities when they are few); the `candidates` best are then weighed exactly, by
 * working out every score behind them again without the edge, and the best `top` are told. An edge of the catalogue that
 * stands for several in the graph is taken away whole. What only covers cannot be taken away.
 */
export function* findChokePoints(
  graph: AccessGraph,
  { candidates, top }: { candidates: number; top: number },
  rooms: Rooms,
): Turns<Found> {
  const last = known.get(graph)
  const found = last?.candidates === candidates ? last.found : yield* weighAll(graph, candidates, rooms)
  known.set(graph, { candidates, found })
  return { ...found, items: found.items.slice(0, top) }
}

function* weighAll(graph: AccessGraph, candidates: number, rooms: Rooms): Turns<Found> {
  const identities = allIdentities(graph)
  const before = yield* scoreInTurns(graph, identities)
  const total = before.score.reduce((sum, score) => sum + score, 0)
  const estimated = yield* estimates(graph, identities, before, total, rooms)
  const best = [...estimated.values()].toSorted((a, b) => b.effect - a.effect || a.edge - b.edge).slice(0, candidates)
  const weighing = new Weighing(graph, before, rooms)
  const items: ChokePoint[] = []
  for (const estimate of best) {
    const item = weighing.weigh(estimate)
    if (item.effect > 0) items.push(item)
    yield
  }
  items.sort((a, b) => b.effect - a.effect || b.pairs - a.pairs)
  return { total, candidates: best.length, items }
}

/** An edge as the graph has it, and by how much the total seems to fall without it. */
interface Estimate extends Pick<Bridge, 'lane' | 'from' | 'to' | 'edge'> {
  effect: number
}

function* estimates(
  graph: AccessGraph,
  identities: Int32Array,
  before: Scored,
  total: number,
  rooms: Rooms,
): Turns<Map<string, Estimate>> {
  const found = new Map<string, Estimate>()
  const isSampled = identities.length > sampleSize
  const places = isSampled ? sampled(before.score, total) : identities.keys()
  for (const place of places) {
    const score = before.score[place] ?? 0
    if (score === 0) continue
    const { cells, hours, identities: others } = reach(graph, identities[place] ?? 0, rooms.before)
    const share = isSampled ? total / (sampleSize * score) : 1
    bridgesOf(graph, rooms.before, (bridge) => {
      const kind = (bridge.lane === 'hop' ? graph.hopKind : graph.grantKind)[bridge.edge] ?? 0
      if (kind === kindNumber.covers) return
      const left = cells.map((count, cell) => count - (bridge.cells[cell] ?? 0))
      const effect = (score - scoreWith(left, others - bridge.identities, hours)) * share
      const key = keyOf(graph, bridge, kind)
      const known = found.get(key)
      if (known) known.effect += effect
      else found.set(key, { lane: bridge.lane, from: bridge.from, to: bridge.to, edge: bridge.edge, effect })
    })
    yield
  }
  return found
}

/** Places of identities, evenly over the running sum of the scores. */
function* sampled(scores: Float32Array, total: number): Iterable<number> {
  let [sum, no] = [0, 0]
  for (let place = 0; place < scores.length; place += 1) {
    sum += scores[place] ?? 0
    for (; no < sampleSize && sum > ((no + 0.5) * total) / sampleSize; no += 1) yield place
  }
}

/** The same for all edges of the graph that one edge of the catalogue stands for. */
function keyOf(graph: AccessGraph, { lane, from, to }: Pick<Bridge, 'lane' | 'from' | 'to'>, kind: number): string {
  const row = (principal: number) => {
    const resource = graph.holdingOf[principal] ?? -1
    return resource < 0 ? `p${principal}` : `r${resource}`
  }
  return `${kind} ${row(from)} ${lane === 'grant' ? `r${to}` : row(to)}`
}

/** Takes edges away and works out again what is behind them. */
class Weighing {
  readonly #graph: AccessGraph
  readonly #before: Scored
  readonly #rooms: Rooms
  /** The graph with columns of its own, in which an edge can be made to lead nowhere. */
  readonly #cut: AccessGraph

  constructor(graph: AccessGraph, before: Scored, rooms: Rooms) {
    this.#graph = graph
    this.#before = before
    this.#rooms = rooms
    this.#cut = { ...graph, hopTo: graph.hopTo.slice(), grantLevel: graph.grantLevel.slice() }
  }

  weigh({ lane, from, to, edge }: Estimate): ChokePoint {
    const graph = this.#graph
    const kind = (lane === 'hop' ? graph.hopKind : graph.grantKind)[edge] ?? 0
    const ofResource = graph.holdingOf[from] ?? -1
    const sources = ofResource < 0 ? [from] : holdingsOf(graph, ofResource)
    const resource = lane === 'grant' ? to : (graph.holdingOf[to] ?? -1)
    const step: PathStep = { lane, from, to, kind: engineHopKinds[kind] ?? 'grants', basis: 0, level: 0 }
    step.basis = (lane === 'hop' ? graph.hopBasis : graph.grantBasis)[edge] ?? 0
    const hops: [source: number, at: number][] = []
    const grants: number[] = []
    for (const source of sources) {
      for (let at = graph.grantFrom[source] ?? 0; at < (graph.grantFrom[source + 1] ?? 0); at += 1) {
        if (graph.grantTo[at] !== resource || graph.grantKind[at] !== kind) continue
        grants.push(at)
        step.level = Math.max(step.level, graph.grantLevel[at] ?? 0)
      }
      const target = (at: number) =>
        resource < 0 ? graph.hopTo[at] === to : graph.holdingOf[graph.hopTo[at] ?? 0] === resource
      for (let at = graph.hopFrom[source] ?? 0; at < (graph.hopFrom[source + 1] ?? 0); at += 1)
        if (graph.hopKind[at] === kind && target(at)) hops.push([source, at])
    }
    return { step, ...this.#without(hops, grants, sources) }
  }

  #without(hops: [source: number, at: number][], grants: number[], sources: number[]) {
    const { hopTo, grantLevel } = this.#cut
    for (const [source, at] of hops) hopTo[at] = source
    for (const at of grants) grantLevel[at] = 0
    const behind = this.#behind(sources)
    const after = scoreAll(this.#cut, behind)
    for (const [, at] of hops) hopTo[at] = this.#graph.hopTo[at] ?? 0
    for (const at of grants) grantLevel[at] = this.#graph.grantLevel[at] ?? 0
    let [effect, identities, pairs] = [0, 0, 0]
    for (const [place, identity] of behind.entries()) {
      const fallen = (this.#before.score[identity] ?? 0) - (after.score[place] ?? 0)
      effect += fallen
      if (fallen > 0) identities += 1
      for (let cell = 0; cell < cellCount; cell += 1) {
        pairs += this.#before.cells[identity * cellCount + cell] ?? 0
        pairs -= after.cells[place * cellCount + cell] ?? 0
      }
    }
    return { effect: Math.round(effect * 10) / 10, identities, pairs }
  }

  /** The identities that reach one of these principals, ascending. */
  #behind(sources: number[]): Int32Array {
    const { behind } = this.#rooms
    closureBehind(sources, behind)
    return behind.queue
      .slice(0, behind.count)
      .filter((principal) => this.#graph.principalType[principal] === principalTypes.identity)
      .sort()
  }
}
