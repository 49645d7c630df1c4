import { describe, expect, it } from 'vitest'
import { buildGraph } from './build-graph'
import type { AccessGraph, EngineHopKind, PathStep } from './contract'
import { engineHopKinds } from './contract'
import { randomSample, rowsOf, sampleOf } from './graph-samples'
import { type PathEnd, shortestPaths } from './paths'
import { reach, Scratch } from './reach'
import { ReverseScratch, reachersOf } from './reverse'

/** Every path without a node twice, by trying all; by length. */
function allPaths(graph: AccessGraph, start: number, end: PathEnd, kinds?: readonly EngineHopKind[]): string[] {
  const isAllowed = (kind: number) => kinds === undefined || kinds.includes(engineHopKinds[kind] ?? 'grants')
  const found: string[] = []
  const walk = (at: number, seen: number[], edges: string[]) => {
    if (end.lane === 'principal' && at === end.no) {
      found.push(edges.join(' '))
      return
    }
    for (let no = graph.grantFrom[at] ?? 0; no < (graph.grantFrom[at + 1] ?? 0); no += 1)
      if (end.lane === 'resource' && graph.grantTo[no] === end.no && isAllowed(graph.grantKind[no] ?? 0))
        found.push([...edges, `${at} ${graph.grantKind[no]} resource`].join(' '))
    for (let no = graph.hopFrom[at] ?? 0; no < (graph.hopFrom[at + 1] ?? 0); no += 1) {
      const to = graph.hopTo[no] ?? 0
      if (seen.includes(to) || !isAllowed(graph.hopKind[no] ?? 0)) continue
      if (end.lane === 'resource' && graph.holdingOf[to] === end.no) continue
      walk(to, [...seen, to], [...edges, `${at} ${graph.hopKind[no]} ${to}`])
    }
  }
  if (graph.principalDead[start] !== 1 && !(end.lane === 'principal' && end.no === start)) walk(start, [start], [])
  return found.toSorted((a, b) => a.split(' ').length - b.split(' ').length)
}

const written = (path: PathStep[]) =>
  path
    .map(({ lane, from, to, kind }) => `${from} ${engineHopKinds.indexOf(kind)} ${lane === 'grant' ? 'resource' : to}`)
    .join(' ')
const lengths = (paths: readonly string[]) => paths.map((path) => path.split(' ').length / 3)

describe('shortest paths', () => {
  it('are the shortest of all, each once, whatever the graph', () => {
    let compared = 0
    for (let seed = 0; seed < 1500; seed += 1) {
      const sample = randomSample(seed)
      const graph = buildGraph(rowsOf(sample))
      const scratch = new ReverseScratch(graph)
      const kinds: EngineHopKind[] | undefined =
        seed % 3 === 0 ? ['assumes', 'member_of', 'grants', 'stores'] : undefined
      const ends: PathEnd[] = [{ lane: 'principal', no: seed % (sample.identities + sample.roles) }]
      if (graph.resourceCount > 0) ends.push({ lane: 'resource', no: seed % graph.resourceCount })
      for (const end of ends) {
        const all = allPaths(graph, 0, end, kinds)
        for (const k of [1, 4]) {
          const { paths, hasMore } = shortestPaths(graph, 0, end, k, scratch, kinds)
          const found = paths.map(written)
          expect(lengths(found), `graph ${seed}`).toEqual(lengths(all.slice(0, k)))
          expect(new Set(found).size).toBe(found.length)
          for (const path of found) expect(all, `graph ${seed}`).toContain(path)
          expect(hasMore, `graph ${seed}`).toBe(all.length > k)
          compared += found.length
        }
      }
    }
    expect(compared).toBeGreaterThan(500)
  })

  it('gives up nothing in a dense circle that has a single way out', () => {
    const count = 60
    const pairs = Array.from({ length: count * count }, (_, no) => [no % count, Math.floor(no / count)] as const)
    const edges = pairs.map(([from, to]): ['assumes', number, number] => ['assumes', from, to])
    const sample = sampleOf({ identities: count, roles: 1, resources: 1 }, [...edges, ['grants', 0, count + 1, 3]])
    const graph = buildGraph(rowsOf(sample))
    const scratch = new ReverseScratch(graph)
    const found = shortestPaths(graph, 0, { lane: 'resource', no: 0 }, 20, scratch)
    expect(found).toMatchObject({ paths: [[{ from: 0, lane: 'grant', level: 3 }]], hasMore: false })
    const fromAfar = shortestPaths(graph, 1, { lane: 'resource', no: 0 }, 20, scratch)
    expect(fromAfar.paths.map(({ length }) => length)).toEqual([2, ...Array<number>(19).fill(3)])
    expect(fromAfar.hasMore).toBe(true)
  })
})

describe('told paths', () => {
  it('begin at the start, hang together, end at the resource at its level, and follow edges of the graph', () => {
    for (let seed = 0; seed < 600; seed += 1) {
      const graph = buildGraph(rowsOf(randomSample(seed)))
      const [scratch, reverse] = [new Scratch(graph), new ReverseScratch(graph)]
      reach(graph, 0, scratch)
      for (let at = 0; at < scratch.touchedCount; at += 1) {
        const resource = scratch.touched[at] ?? 0
        reachersOf(graph, resource, reverse)
        for (const path of [scratch.pathTo(resource), reverse.pathFrom(0, resource)]) {
          expect(path).toHaveLength(scratch.stepsTo(resource))
          expect(path.at(-1)).toMatchObject({ lane: 'grant', to: resource, level: scratch.levelOf(resource) })
          let node = 0
          for (const step of path) {
            expect(step.from).toBe(node)
            expect(hasEdge(graph, step), `graph ${seed}`).toBe(true)
            node = step.to
          }
        }
      }
    }
  })
})

function hasEdge(graph: AccessGraph, { lane, from, to, kind, basis, level }: PathStep): boolean {
  const kindNo = engineHopKinds.indexOf(kind)
  const rows = lane === 'hop' ? graph.hopFrom : graph.grantFrom
  for (let at = rows[from] ?? 0; at < (rows[from + 1] ?? 0); at += 1) {
    if (lane === 'hop' && graph.hopTo[at] === to && graph.hopKind[at] === kindNo && graph.hopBasis[at] === basis)
      return true
    const isGrant = graph.grantTo[at] === to && graph.grantKind[at] === kindNo && graph.grantBasis[at] === basis
    if (lane === 'grant' && isGrant && graph.grantLevel[at] === level) return true
  }
  return false
}
