import { beforeAll, describe, expect, it } from 'vitest'
import { buildGraph } from './build-graph'
import type { AccessGraph } from './contract'
import { randomSample, rowsOf, type Sample } from './graph-samples'
import { type NaiveReach, naiveReach } from './naive-reach'
import { reach, Scratch } from './reach'
import { becomersOf, ReverseScratch, reachersOf } from './reverse'
import { scoreAll, scoreWith } from './score-all'

const graphCount = 10_000

interface Case {
  seed: number
  sample: Sample
  graph: AccessGraph
  naive: NaiveReach[]
  named: number
}

/** Every random graph once, with what the definition says of each of its principals. */
const cases: Case[] = []
beforeAll(() => {
  for (let seed = 0; seed < graphCount; seed += 1) {
    const sample = randomSample(seed)
    const named = sample.identities + sample.humans + sample.roles
    const naive = Array.from({ length: named }, (_, no) => naiveReach(sample, no))
    cases.push({ seed, sample, graph: buildGraph(rowsOf(sample)), naive, named })
  }
})

/** Compares without the cost of an assertion for each of millions of values. */
function agree(what: string, seed: number, found: unknown, expected: unknown): void {
  if (!Object.is(found, expected)) expect(found, `${what}, graph ${seed}`).toBe(expected)
}

describe('reach', () => {
  it('finds what the definition says, at the highest level, by a shortest path', () => {
    for (const { seed, graph, naive, named } of cases) {
      const scratch = new Scratch(graph)
      for (const [start, expected] of naive.entries()) {
        const found = reach(graph, start, scratch)
        agree('cells', seed, found.cells.join(), expected.cells.join())
        agree('identities', seed, found.identities, expected.identities)
        agree('systems', seed, found.systems, expected.systems)
        agree('hours', seed, found.hours, expected.hours)
        agree('score', seed, scoreWith(found.cells, found.identities, found.hours), expected.score)
        for (let resource = 0; resource < graph.resourceCount; resource += 1) {
          const { level, steps } = expected.levels.get(named + resource) ?? { level: 0, steps: 0 }
          agree('level', seed, scratch.levelOf(resource), level)
          if (level > 0) agree('steps', seed, scratch.stepsTo(resource), steps)
        }
        for (let other = 0; other < named; other += 1) {
          const steps = expected.becomes.get(other)
          agree(
            'becomes',
            seed,
            found.visits >= 0 && scratch.reached > 0 && scratch.hasReached(other),
            steps !== undefined,
          )
          if (steps !== undefined) agree('steps', seed, scratch.pathToPrincipal(other).length, steps)
        }
      }
    }
  })
})

describe('scoreAll', () => {
  it('gives what single searches give, by components and signatures', () => {
    for (const { seed, graph, naive, sample } of cases) {
      const all = scoreAll(graph, undefined, 0)
      for (let no = 0; no < sample.identities; no += 1) {
        const expected = naive[no]
        agree('cells', seed, all.cells.subarray(no * 25, no * 25 + 25).join(), expected?.cells.join())
        agree('identities', seed, all.identities[no], expected?.identities)
        agree('systems', seed, all.systems[no], expected?.systems)
        agree('hours', seed, all.hours[no], expected?.hours)
        agree('score', seed, all.score[no], Math.fround(expected?.score ?? 0))
      }
    }
  })
})

describe('reverse search', () => {
  it('is the forward search turned round', () => {
    for (const { seed, graph, naive, named } of cases) {
      const scratch = new ReverseScratch(graph)
      for (let resource = 0; resource < graph.resourceCount; resource += 1) {
        reachersOf(graph, resource, scratch)
        for (let start = 0; start < named; start += 1) {
          const expected = naive[start]?.levels.get(named + resource)
          agree('found', seed, scratch.hasFound(start), expected !== undefined)
          if (!expected) continue
          agree('level', seed, scratch.levels[start], expected.level)
          agree('steps', seed, scratch.stepsFrom(start), expected.steps)
        }
      }
      for (let end = 0; end < named; end += 1) {
        becomersOf(graph, end, scratch)
        for (let start = 0; start < named; start += 1)
          agree(
            'steps',
            seed,
            scratch.hasFound(start) ? scratch.stepsFrom(start) : undefined,
            naive[start]?.becomes.get(end),
          )
      }
    }
  })
})
