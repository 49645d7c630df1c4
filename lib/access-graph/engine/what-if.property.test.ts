import { describe, expect, it } from 'vitest'
import { edgeKinds } from '@/lib/connectors/contract'
import { scoreOf } from '../score'
import { buildGraph } from './build-graph'
import type { AccessGraph, EngineHopKind, Reach } from './contract'
import { randomNumbers, randomSample, rowsOf, type Sample, type SampleEdge, sampleOf } from './graph-samples'
import { naiveReach } from './naive-reach'
import { Overlay } from './overlay'
import { reach, Scratch } from './reach'
import { Rooms } from './rooms'
import { changesOf, type Node, type RowChange, whatIf } from './what-if'

/** Edges that carry something, as the caller of the engine tells them apart. */
function rowChange(
  sample: Sample,
  graph: AccessGraph,
  edge: SampleEdge,
  left: readonly SampleEdge[],
): RowChange | undefined {
  const named = sample.identities + sample.humans + sample.roles
  const nodeOf = (no: number): Node | undefined => {
    if (no >= 0 && no < named) return { lane: 'principal', no }
    return no >= named && no < named + graph.resourceCount ? { lane: 'resource', no: no - named } : undefined
  }
  const kind = edgeKinds[edge.kind] as EngineHopKind
  const holderOf = (to: number) => sample.credentialHolder[to - named - sample.resources] ?? -1
  const endOf = (to: number) => (kind === 'stores' ? holderOf(to) : to)
  const [from, to] = [nodeOf(edge.from), nodeOf(endOf(edge.to))]
  if (!from || !to) return undefined
  const others = left.filter(
    (other) => other.kind === edge.kind && other.from === edge.from && endOf(other.to) === endOf(edge.to),
  )
  if (kind === 'grants') {
    if (from.lane !== 'principal' || to.lane !== 'resource') return undefined
    return { lane: 'grant', from, to, level: Math.max(0, ...others.map(({ level }) => Math.max(1, level))) }
  }
  return { lane: 'hop', from, to, kind, isKept: others.length > 0 }
}

/** Takes random edges away, lowers others and shortens lifetimes: the sample afterwards, and the changes as they are told. */
function thought(sample: Sample, graph: AccessGraph, random: () => number): { after: Sample; changes: RowChange[] } {
  const kept: SampleEdge[] = []
  const touched: SampleEdge[] = []
  for (const edge of sample.edges) {
    const isLowered = random() < 0.5 && edge.level > 1
    if (random() >= 0.15) kept.push(edge)
    else {
      if (isLowered) kept.push({ ...edge, level: 1 + Math.floor(random() * (edge.level - 1)) })
      touched.push(edge)
    }
  }
  const hours = [...sample.hours]
  const changes = touched.flatMap((edge) => rowChange(sample, graph, edge, kept) ?? [])
  for (let no = 0; no < sample.identities; no += 1) {
    if (random() >= 0.1) continue
    const before = hours[no] ?? 0
    const left = Math.floor(random() * (Number.isFinite(before) ? before + 1 : 8760))
    hours[no] = left
    changes.push({ lane: 'hours', principal: no, hours: left })
  }
  return { after: { ...sample, edges: kept, hours }, changes }
}

describe('what-if', () => {
  it('is what a graph without the edges would say, and never raises a score', { timeout: 120_000 }, () => {
    for (let seed = 0; seed < 10_000; seed += 1) {
      const sample = randomSample(seed)
      const graph = buildGraph(rowsOf(sample))
      const { after, changes } = thought(sample, graph, randomNumbers(seed + 1_000_000))
      if (changes.length === 0) continue
      const rebuilt = buildGraph(rowsOf(after))
      const overlay = new Overlay(
        graph,
        changes.flatMap((change) => changesOf(graph, change)),
      )
      const [here, there] = [new Scratch(graph), new Scratch(rebuilt)]
      for (let start = 0; start < sample.identities; start += 1) {
        const before = scoreOfReach(reach(graph, start, here))
        const [found, expected] = [reach(graph, start, here, overlay), reach(rebuilt, start, there)]
        if (!areSame(found, expected)) expect(found, `graph ${seed}, principal ${start}`).toEqual(expected)
        const score = scoreOfReach(found)
        if (score > before) expect(score, `graph ${seed}`).toBeLessThanOrEqual(before)
        for (let resource = 0; resource < graph.resourceCount; resource += 1) {
          const level = here.levelOf(resource)
          if (level !== there.levelOf(resource) || (level > 0 && here.stepsTo(resource) !== there.stepsTo(resource)))
            expect([level, here.stepsTo(resource)], `graph ${seed}, principal ${start}, resource ${resource}`).toEqual([
              there.levelOf(resource),
              there.stepsTo(resource),
            ])
        }
      }
    }
  })

  it('names everybody who loses something, with how much', { timeout: 120_000 }, () => {
    let losing = 0
    for (let seed = 0; seed < 2000; seed += 1) {
      const sample = randomSample(seed)
      const graph = buildGraph(rowsOf(sample))
      const { after, changes } = thought(sample, graph, randomNumbers(seed + 2_000_000))
      const inGraph = changes.flatMap((change) => changesOf(graph, change))
      const { losers, isComplete } = whatIf(graph, 0, inGraph, new Rooms(graph))
      const expected = Array.from({ length: sample.identities - 1 }, (_, no) => no + 1).flatMap((principal) => {
        const [was, is] = [naiveReach(sample, principal).levels, naiveReach(after, principal).levels]
        const lostResources = [...was].filter(([resource, { level }]) => level > (is.get(resource)?.level ?? 0)).length
        return lostResources > 0 ? [{ principal, lostResources }] : []
      })
      losing += expected.length
      expect(isComplete).toBe(true)
      expect(
        losers.toSorted((a, b) => a.principal - b.principal),
        `graph ${seed}`,
      ).toEqual(expected)
    }
    expect(losing).toBeGreaterThan(500)
  })

  it('says when there were too many to look at', () => {
    const members = Array.from({ length: 20 }, (_, no): ['member_of', number, number] => ['member_of', no, 20])
    const sample = sampleOf({ identities: 20, roles: 1, resources: 1 }, [...members, ['grants', 20, 21, 5]])
    const graph = buildGraph(rowsOf(sample))
    const cut: RowChange = {
      lane: 'grant',
      from: { lane: 'principal', no: 20 },
      to: { lane: 'resource', no: 0 },
      level: 0,
    }
    const whole = whatIf(graph, 0, changesOf(graph, cut), new Rooms(graph))
    expect(whole).toMatchObject({ isComplete: true, lost: [{ resource: 0, before: 5, after: 0 }] })
    expect(whole.losers).toHaveLength(19)
    expect(whatIf(graph, 0, changesOf(graph, cut), new Rooms(graph), -1).isComplete).toBe(false)
  })
})

function scoreOfReach({ cells, identities, hours }: Reach): number {
  return scoreOf({ cells, identities, hours: Number.isNaN(hours) ? null : hours })
}

function areSame(one: Reach, other: Reach): boolean {
  for (let cell = 0; cell < one.cells.length; cell += 1) if (one.cells[cell] !== other.cells[cell]) return false
  return one.identities === other.identities && one.systems === other.systems && Object.is(one.hours, other.hours)
}
