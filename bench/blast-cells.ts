import { answerGraph } from '../lib/access-graph/engine/answer-graph'
import type { AccessGraph } from '../lib/access-graph/engine/contract'
import { randomNumbers } from '../lib/access-graph/engine/graph-samples'
import { uuidAt } from '../lib/access-graph/engine/ids'
import { reach, type Scratch } from '../lib/access-graph/engine/reach'
import type { RawStep, ThoughtChange } from '../lib/access-graph/engine/requests'
import { incomingGrants, incomingHops, ReverseScratch, reachersOf } from '../lib/access-graph/engine/reverse'
import { allIdentities, type Scored } from '../lib/access-graph/engine/score-all'
import { type Cell, p50, p95, printCells, round } from './samples'

/** Identities by how much they reach, as shares of a random sample in that order. */
const classes = { small: [0.02, 0.2], median: [0.45, 0.55], large: [0.72, 0.82], huge: [0.97, 1] } as const
export type SizeClass = keyof typeof classes
export const sizeClasses = Object.keys(classes) as SizeClass[]

export const identityId = (graph: AccessGraph, no: number) => uuidAt(graph.principalIds, no)

/** Random living identities; the same ones each time. */
export function randomIdentities(graph: AccessGraph, count: number, seed: number): number[] {
  const random = randomNumbers(seed)
  const living = allIdentities(graph).filter((no) => graph.principalDead[no] === 0)
  if (living.length === 0) throw new Error('the organization has no identity that can act')
  return Array.from({ length: count }, () => living[Math.floor(random() * living.length)] ?? 0)
}

export interface Samples {
  byClass: Record<SizeClass, number[]>
  all: number[]
}

/** Identities of each class, from 2,000 random ones. */
export function sampleClasses(graph: AccessGraph, scratch: Scratch): Samples {
  const all = [...new Set(randomIdentities(graph, 2000, 11))]
  const sized = all
    .map((no) => {
      reach(graph, no, scratch)
      return { no, resources: scratch.touchedCount, principals: scratch.reached }
    })
    .toSorted((a, b) => a.resources - b.resources || a.principals - b.principals)
  const part = ([from, to]: readonly [number, number]) =>
    sized.slice(
      Math.floor(from * sized.length),
      Math.max(Math.floor(from * sized.length) + 1, Math.floor(to * sized.length)),
    )
  console.log('\nClasses by resources that are reached (from, to):')
  for (const name of sizeClasses) {
    const sizes = part(classes[name]).map(({ resources }) => resources)
    console.log(`  ${name.padEnd(8)} ${sizes[0]} to ${sizes.at(-1)}`)
  }
  const byClass = Object.fromEntries(
    sizeClasses.map((name) => [name, part(classes[name]).map(({ no }) => no)]),
  ) as Samples['byClass']
  return { byClass, all }
}

/** Times of one piece of work for each of the given things, after a warm-up. */
export function timeEach<T>(name: string, things: readonly T[], work: (thing: T) => unknown): Cell {
  for (const thing of things.slice(0, 20)) work(thing)
  const samples = things.map((thing) => {
    const began = performance.now()
    work(thing)
    return performance.now() - began
  })
  return { name, samples }
}

/** So many of a class, again from its beginning when it has fewer. */
export const repeated = (numbers: readonly number[], n: number) =>
  Array.from({ length: n }, (_, at) => numbers[at % numbers.length] ?? 0)

export function measureForward(graph: AccessGraph, scratch: Scratch, { byClass }: Samples, n: number) {
  const figures: Record<string, number> = {}
  const cells: Cell[] = []
  let [visits, milliseconds] = [0, 0]
  for (const name of sizeClasses) {
    const cell = timeEach(name, repeated(byClass[name], n * 5), (no) => reach(graph, no, scratch))
    cells.push(cell)
    figures[`forward_p50_ms_${name}`] = round(p50(cell.samples), 4)
    figures[`forward_p95_ms_${name}`] = round(p95(cell.samples), 4)
    if (name === 'small') continue
    // Searches of a few steps measure the clock.
    const began = performance.now()
    for (const no of repeated(byClass[name], n)) visits += reach(graph, no, scratch).visits
    milliseconds += performance.now() - began
  }
  printCells('Forward reach in the engine', cells)
  return { ...figures, ns_per_edge_visit: round((milliseconds * 1e6) / Math.max(1, visits), 1) }
}

export function measureReverse(graph: AccessGraph, n: number) {
  const began = performance.now()
  incomingHops(graph)
  const { from } = incomingGrants(graph)
  const turned = performance.now() - began
  const scratch = new ReverseScratch(graph)
  const random = randomNumbers(13)
  const held = Array.from({ length: graph.resourceCount }, (_, no) => no).filter(
    (no) => (from[no + 1] ?? 0) > (from[no] ?? 0),
  )
  const wanted = Array.from({ length: n * 10 }, () => held[Math.floor(random() * held.length)] ?? 0)
  const cell = timeEach('who reaches a resource', wanted, (no) => reachersOf(graph, no, scratch))
  printCells('Reverse reach in the engine', [cell])
  return {
    reverse_p50_ms: round(p50(cell.samples), 4),
    reverse_p95_ms: round(p95(cell.samples), 4),
    reverse_build_s: round(turned / 1000),
  }
}

/** Cuts a random step of the path to a random resource that the identity reaches. */
export function measureWhatIf(graph: AccessGraph, { all }: Samples, n: number) {
  const random = randomNumbers(17)
  const page = { sort: 'name', dir: 'asc', limit: 1 } as const
  const asked = all.slice(0, n).flatMap((no) => {
    const startId = identityId(graph, no)
    const { total } = answerGraph(graph, { op: 'reached', startId, at: 0, ...page })
    const at = Math.floor(random() * total)
    const steps = answerGraph(graph, { op: 'reached', startId, at, ...page }).items[0]?.path ?? []
    const cuttable = steps.filter(({ kind }) => kind !== 'covers')
    const step = cuttable[Math.floor(random() * cuttable.length)]
    return step ? [{ op: 'whatIf' as const, startId, changes: [cutOf(step)], lostLimit: 200, losersLimit: 200 }] : []
  })
  let incomplete = 0
  const cell = timeEach('what if a step of a path were cut', asked, (request) => {
    if (!answerGraph(graph, request).areLosersComplete) incomplete += 1
  })
  printCells('What-if', [cell])
  console.log(`  ${incomplete} of ${asked.length} told only the nearest of those who lose something`)
  return {
    whatif_p50_ms: round(p50(cell.samples)),
    whatif_p95_ms: round(p95(cell.samples)),
    whatif_incomplete: incomplete,
  }
}

function cutOf({ kind, fromId, toId }: RawStep): ThoughtChange {
  return kind === 'grants'
    ? { lane: 'grant', fromId, toId, level: 0 }
    : { lane: 'hop', fromId, toId, kind, isKept: false }
}

/** How many of these identities have other figures when each is searched for itself. */
export function countMismatches(graph: AccessGraph, scratch: Scratch, scored: Scored, identities: readonly number[]) {
  let mismatches = 0
  for (const no of identities) {
    const { cells, identities: others, systems, hours } = reach(graph, no, scratch)
    const isSame =
      cells.every((count, cell) => count === scored.cells[no * cells.length + cell]) &&
      others === scored.identities[no] &&
      systems === scored.systems[no] &&
      Object.is(Math.fround(hours), scored.hours[no])
    if (!isSame) mismatches += 1
  }
  return mismatches
}
