import { levels } from '../score'
import { findChokePoints } from './choke-points'
import type { AccessGraph } from './contract'
import { figuresOf } from './figures'
import { holdingsOf, liveIdentities } from './graph-index'
import { findNode, idOfPrincipal, idOfResource, nodeOf, principalOf, rawSteps, resourceOf } from './node-ids'
import { shortestPaths } from './paths'
import { pictureOf } from './picture'
import { principalTypes } from './principal-types'
import { reach } from './reach'
import { reachedInOrder } from './reached-order'
import type { GraphAnswers, GraphOp, RequestOf, ThoughtChange } from './requests'
import { becomersOf, reachersOf } from './reverse'
import { type Rooms, roomsOf } from './rooms'
import { allIdentities, scoreInTurns } from './score-all'
import { scoresNear } from './scores-near'
import { type Turns, toEnd } from './turns'
import { changesOf, type RowChange, whatIf } from './what-if'

type Answer<O extends GraphOp> = GraphAnswers[O] | Turns<GraphAnswers[O]>
type Answers = { [O in GraphOp]: (graph: AccessGraph, request: RequestOf<O>, rooms: Rooms) => Answer<O> }

/**
 * Answers a question about a graph, from nothing but the graph.
 *
 * @throws UnknownNodeError when the request names a row that the graph does not have
 */
export function answerGraph<O extends GraphOp>(graph: AccessGraph, request: RequestOf<O>): GraphAnswers[O] {
  return toEnd(answerInTurns(graph, request))
}

/**
 * The same in turns, between which other questions about this graph may be answered.
 *
 * @throws UnknownNodeError as `answerGraph`
 */
export function* answerInTurns<O extends GraphOp>(graph: AccessGraph, request: RequestOf<O>): Turns<GraphAnswers[O]> {
  const op = request.op as O
  const answer = answers[op](graph, request, roomsOf(graph))
  return Symbol.iterator in answer ? yield* answer : answer
}

const answers: Answers = {
  reach: (graph, { startId }, { before, behind }) => {
    const start = principalOf(graph, startId)
    const found = reach(graph, start, before)
    const bySystem = new Map<number, number[]>()
    for (let at = 0; at < before.touchedCount; at += 1) {
      const resource = before.touched[at] ?? 0
      const system = graph.system[resource] ?? 0
      let counts = bySystem.get(system)
      if (!counts) {
        counts = levels.map(() => 0)
        bySystem.set(system, counts)
      }
      const level = before.levelOf(resource) - 1
      counts[level] = (counts[level] ?? 0) + 1
    }
    becomersOf(graph, start, behind)
    let exposedTo = 0
    for (let at = 0; at < behind.count; at += 1)
      if (graph.principalType[behind.queue[at] ?? 0] === principalTypes.identity && behind.queue[at] !== start)
        exposedTo += 1
    return {
      figures: figuresOf(found),
      isLive: graph.principalDead[start] !== 1,
      bySystem: [...bySystem].map(([system, counts]) => ({ system: graph.systems[system] ?? '', counts })),
      exposedTo,
      identityCount: liveIdentities(graph),
      resourceCount: graph.resourceCount,
    }
  },

  reached: (graph, request, { before }) => {
    reach(graph, principalOf(graph, request.startId), before)
    const { onlyIds, at, limit, ...wish } = request
    const only = onlyIds && new Set(onlyIds.flatMap((id) => findNode(graph, id) ?? []).map(({ no }) => no))
    const found = reachedInOrder(graph, before, { ...wish, only })
    const items = [...found.subarray(at, at + limit)].map((resource) => ({
      id: idOfResource(graph, resource),
      level: before.levelOf(resource),
      path: rawSteps(graph, before.pathTo(resource)),
    }))
    return { total: found.length, items }
  },

  reachedAll: (graph, { startId }, { before }) => {
    reach(graph, principalOf(graph, startId), before)
    const found = reachedInOrder(graph, before, { sort: 'level', dir: 'desc' })
    const ids = new Uint8Array(found.length * 16)
    for (const [place, resource] of found.entries())
      ids.set(graph.resourceIds.subarray(resource * 16, resource * 16 + 16), place * 16)
    return { ids, levels: Uint8Array.from(found, (resource) => before.levelOf(resource)) }
  },

  becomes: (graph, request, { before }) => {
    const start = principalOf(graph, request.startId)
    reach(graph, start, before)
    const others = who(graph, before.queue.subarray(0, before.reached), start, request.onlyIds)
    const found = nearestFirst(graph, others, (no) => before.principals[no * 4 + 3] ?? 0)
    const path = (no: number) => rawSteps(graph, before.pathToPrincipal(no))
    return pageOf(found, request, (no) => ({ id: idOfPrincipal(graph, no), path: path(no) }))
  },

  exposed: (graph, request, { behind }) => {
    const end = principalOf(graph, request.startId)
    becomersOf(graph, end, behind)
    const others = who(graph, behind.queue.subarray(0, behind.count), end, request.onlyIds)
    const found = nearestFirst(graph, others, (no) => behind.stepsFrom(no))
    const path = (no: number) => rawSteps(graph, behind.pathFrom(no, -1))
    return pageOf(found, request, (no) => ({ id: idOfPrincipal(graph, no), path: path(no) }))
  },

  reachers: (graph, request, { behind }) => {
    const resource = resourceOf(graph, request.resourceId)
    reachersOf(graph, resource, behind)
    const counts = levels.map(() => 0)
    const identities = who(graph, behind.queue.subarray(0, behind.count), -1).filter(
      (no) => graph.principalType[no] === 0,
    )
    for (const no of identities) counts[(behind.levels[no] ?? 1) - 1] = (counts[(behind.levels[no] ?? 1) - 1] ?? 0) + 1
    const allowed = request.onlyIds && placesOf(graph, request.onlyIds)
    const found = identities
      .filter((no) => request.level === undefined || behind.levels[no] === request.level)
      .filter((no) => allowed === undefined || allowed.has(no))
      .sort(
        (a, b) =>
          (behind.levels[b] ?? 0) - (behind.levels[a] ?? 0) ||
          (request.scores?.[b] ?? 0) - (request.scores?.[a] ?? 0) ||
          behind.stepsFrom(a) - behind.stepsFrom(b) ||
          rankOf(graph, a) - rankOf(graph, b),
      )
    const page = pageOf(found, request, (no) => ({
      id: idOfPrincipal(graph, no),
      level: behind.levels[no] ?? 0,
      path: rawSteps(graph, behind.pathFrom(no, resource)),
    }))
    return { ...page, counts }
  },

  paths: (graph, { fromId, toId, kinds, k }, { behind }) => {
    const [from, to] = [nodeOf(graph, fromId), nodeOf(graph, toId)]
    // From a resource: what its highest level opens that anybody holds.
    const start = from.lane === 'principal' ? from.no : holdingsOf(graph, from.no)[0]
    if (start === undefined) return { paths: [], hasMore: false }
    const { paths, hasMore } = shortestPaths(graph, start, to, k, behind, kinds)
    return {
      paths: paths.map((steps) => ({ steps: rawSteps(graph, steps), level: steps.at(-1)?.level ?? 0 })),
      hasMore,
    }
  },

  picture: (graph, { startId, expand, cap }, { before }) =>
    pictureOf(graph, principalOf(graph, startId), { expand, cap }, before, (node) =>
      node < 0 ? idOfResource(graph, -1 - node) : idOfPrincipal(graph, node),
    ),

  whatIf: (graph, { startId, changes, lostLimit, losersLimit }, rooms) => {
    const start = principalOf(graph, startId)
    const inGraph = changes.map((change) => rowChangeOf(graph, change)).flatMap((change) => changesOf(graph, change))
    const { before, after, lost, losers, isComplete } = whatIf(graph, start, inGraph, rooms)
    const { sensitivity, resourceRank } = graph
    lost.sort(
      (a, b) =>
        (sensitivity[b.resource] ?? 0) - (sensitivity[a.resource] ?? 0) ||
        b.before - a.before ||
        (resourceRank[a.resource] ?? 0) - (resourceRank[b.resource] ?? 0),
    )
    losers.sort((a, b) => b.lostResources - a.lostResources || rankOf(graph, a.principal) - rankOf(graph, b.principal))
    return {
      before: figuresOf(before),
      after: figuresOf(after),
      lost: lost.slice(0, lostLimit).map(({ resource, ...rest }) => ({ id: idOfResource(graph, resource), ...rest })),
      lostTotal: lost.length,
      losers: losers
        .slice(0, losersLimit)
        .map(({ principal, lostResources }) => ({ id: idOfPrincipal(graph, principal), lostResources })),
      losersTotal: losers.length,
      areLosersComplete: isComplete,
    }
  },

  *chokePoints(graph, { top, candidates }, rooms) {
    const { items, ...counts } = yield* findChokePoints(graph, { top, candidates }, rooms)
    const told = items.flatMap(({ step, ...rest }) => rawSteps(graph, [step]).map((raw) => ({ step: raw, ...rest })))
    return { ...counts, items: told }
  },

  *scores(graph) {
    const identities = allIdentities(graph)
    const { visits: _, ...figures } = yield* scoreInTurns(graph, identities)
    return { ids: graph.principalIds.slice(0, identities.length * 16), figures }
  },

  scoresNear: (graph, { changedIds }, rooms) => scoresNear(graph, changedIds, rooms),
}

function rankOf({ principalRank }: AccessGraph, no: number): number {
  return principalRank[no] ?? 0
}

function placesOf(graph: AccessGraph, ids: readonly string[]): ReadonlySet<number> {
  return new Set(
    ids.flatMap((id) => findNode(graph, id) ?? []).flatMap(({ lane, no }) => (lane === 'principal' ? no : [])),
  )
}

/** The identities and people among principals, without one. */
function who(graph: AccessGraph, principals: Int32Array, without: number, onlyIds?: readonly string[]): number[] {
  const allowed = onlyIds && placesOf(graph, onlyIds)
  return [...principals].filter(
    (no) => no !== without && (graph.principalType[no] ?? 3) <= principalTypes.human && (!allowed || allowed.has(no)),
  )
}

function nearestFirst(graph: AccessGraph, principals: number[], stepsOf: (no: number) => number): number[] {
  return principals.sort((a, b) => stepsOf(a) - stepsOf(b) || rankOf(graph, a) - rankOf(graph, b))
}

function pageOf<T>(found: readonly number[], { at, limit }: { at: number; limit: number }, tell: (no: number) => T) {
  return { total: found.length, items: found.slice(at, at + limit).map(tell) }
}

function rowChangeOf(graph: AccessGraph, change: ThoughtChange): RowChange {
  if (change.lane === 'hours')
    return { lane: 'hours', principal: principalOf(graph, change.identityId), hours: change.hours }
  const ends = { from: nodeOf(graph, change.fromId), to: nodeOf(graph, change.toId) }
  return change.lane === 'grant'
    ? { lane: 'grant', ...ends, level: change.level }
    : { lane: 'hop', ...ends, kind: change.kind, isKept: change.isKept }
}
