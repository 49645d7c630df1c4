import { describe, expect, it } from 'vitest'
import { edgeBases } from '@/lib/connectors/contract'
import { answerGraph } from './answer-graph'
import { buildGraph } from './build-graph'
import { doubtful, doubtOf } from './certainty'
import type { AccessGraph, PathStep } from './contract'
import { randomSample, rowsOf, sampleId, sampleOf } from './graph-samples'
import { reach, Scratch } from './reach'
import { becomersOf, ReverseScratch, reachersOf } from './reverse'

/** The least doubt of all ways of so many steps, by trying all of them. */
function leastDoubt(graph: AccessGraph, from: number, steps: number, isEnd: (lane: string, edge: number) => boolean) {
  let least = Number.POSITIVE_INFINITY
  const walk = (at: number, left: number, doubt: number) => {
    for (let no = graph.grantFrom[at] ?? 0; left === 1 && no < (graph.grantFrom[at + 1] ?? 0); no += 1)
      if (isEnd('grant', no)) least = Math.min(least, doubt + doubtOf(graph.grantBasis[no] ?? 0))
    for (let no = graph.hopFrom[at] ?? 0; no < (graph.hopFrom[at + 1] ?? 0); no += 1) {
      const own = doubt + doubtOf(graph.hopBasis[no] ?? 0)
      if (left === 1 && isEnd('hop', no)) least = Math.min(least, own)
      if (left > 1) walk(graph.hopTo[no] ?? 0, left - 1, own)
    }
  }
  walk(from, steps, 0)
  return least
}

const doubtOfPath = (path: readonly PathStep[]) => path.reduce((sum, { basis }) => sum + doubtOf(basis), 0)
const bases = (path: readonly { basis: number }[]) => path.map(({ basis }) => edgeBases[basis])

describe('told paths', () => {
  it('are the surest of the shortest, forwards and backwards, whatever the graph', () => {
    let severalTimes = 0
    for (let seed = 0; seed < 4000; seed += 1) {
      const graph = buildGraph(rowsOf(randomSample(seed)))
      const [scratch, reverse] = [new Scratch(graph), new ReverseScratch(graph)]
      reach(graph, 0, scratch)
      for (let at = 0; at < scratch.touchedCount; at += 1) {
        const resource = scratch.touched[at] ?? 0
        const level = scratch.levelOf(resource)
        const isEnd = (lane: string, edge: number) =>
          lane === 'grant' && graph.grantTo[edge] === resource && graph.grantLevel[edge] === level
        const least = leastDoubt(graph, 0, scratch.stepsTo(resource), isEnd)
        reachersOf(graph, resource, reverse)
        const told = [scratch.pathTo(resource), reverse.pathFrom(0, resource)].map(doubtOfPath)
        if (told.some((doubt) => doubt !== least)) expect(told, `graph ${seed}, ${resource}`).toEqual([least, least])
        severalTimes += least > 1 ? 1 : 0
      }
      for (const other of scratch.queue.subarray(1, scratch.reached)) {
        const steps = scratch.pathToPrincipal(other).length
        const least = leastDoubt(graph, 0, steps, (lane, edge) => lane === 'hop' && graph.hopTo[edge] === other)
        becomersOf(graph, other, reverse)
        const told = [scratch.pathToPrincipal(other), reverse.pathFrom(0, -1)].map(doubtOfPath)
        if (told.some((doubt) => doubt !== least)) expect(told, `graph ${seed}, to ${other}`).toEqual([least, least])
      }
    }
    expect(severalTimes).toBeGreaterThan(500)
  })

  it('take what is certain before what is on a condition or worked out, and what was seen before what was not', () => {
    // Identity 0 is a member of roles 1 to 4, each of which grants resource 5; then of role 4 alone.
    const sample = sampleOf({ identities: 1, roles: 4, resources: 1 }, [
      ...[1, 2, 3, 4].map((role): ['member_of', number, number] => ['member_of', 0, role]),
      ...[1, 2, 3, 4].map((role): ['grants', number, number, number] => ['grants', role, 5, 2]),
    ])
    const say = (certainties: readonly number[]) => {
      for (const [no, basis] of certainties.entries()) Object.assign(sample.edges[4 + no] ?? {}, { basis })
      const graph = buildGraph(rowsOf(sample))
      const page = { at: 0, limit: 9 }
      const start = { op: 'reached', startId: sampleId(0), sort: 'level', dir: 'desc', ...page } as const
      const [forth] = answerGraph(graph, start).items
      const [back] = answerGraph(graph, { op: 'reachers', resourceId: sampleId(5), ...page }).items
      expect(back?.path).toEqual(forth?.path)
      return { by: forth?.path[0]?.toId, bases: bases(forth?.path ?? []) }
    }
    const [entitlement, observed, declared, inferred] = [0, 1, 2, 3]
    expect(say([inferred, observed + doubtful, declared, entitlement + doubtful])).toEqual({
      by: sampleId(3),
      bases: ['entitlement', 'declared'],
    })
    expect(say([entitlement, doubtful, declared, observed])).toEqual({
      by: sampleId(4),
      bases: ['entitlement', 'observed'],
    })
    // Where nothing is certain, what was seen on a condition.
    expect(say([inferred, doubtful, inferred, observed + doubtful]).by).toBe(sampleId(4))
  })

  it('count one of parallel edges as certain when one of the highest level is', () => {
    const sample = sampleOf({ identities: 1, roles: 0, resources: 1 }, [
      ['grants', 0, 1, 4],
      ['grants', 0, 1, 4],
      ['grants', 0, 1, 2],
    ])
    const say = (...certainties: number[]) => {
      for (const [no, basis] of certainties.entries()) Object.assign(sample.edges[no] ?? {}, { basis })
      return [...buildGraph(rowsOf(sample)).grantBasis]
    }
    expect(say(doubtful, 2, 0)).toEqual([2])
    expect(say(doubtful, doubtful + 2, 0)).toEqual([doubtful])
    expect(say(doubtful, doubtful, 1)).toEqual([doubtful + 1])
  })
})
