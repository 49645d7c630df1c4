import { MultiDirectedGraph } from 'graphology'
import { answerGraph } from '../lib/access-graph/engine/answer-graph'
import type { AccessGraph } from '../lib/access-graph/engine/contract'
import { reach, type Scratch } from '../lib/access-graph/engine/reach'
import type { RawFigures } from '../lib/access-graph/engine/requests'
import { openReachSeries } from '../lib/access-graph/server/find-reach'
import type { Tenant } from '../lib/platform/db/tenant'
import { identityId, repeated, type Samples, sizeClasses, timeEach } from './blast-cells'
import { type Cell, measure, p50, printCells, round } from './samples'

/** The same search in graphology: the graph with its own nodes and edges, as a program that takes a library would write it. */
export function measureGraphology(graph: AccessGraph, scratch: Scratch, { byClass }: Samples, n: number) {
  const before = process.memoryUsage().rss
  const began = performance.now()
  const peer = graphologyOf(graph)
  const figures: Record<string, number> = {
    graphology_load_s: round((performance.now() - began) / 1000),
    graphology_rss_mb: Math.round((process.memoryUsage().rss - before) / 2 ** 20),
  }
  const cells: Cell[] = []
  let mismatches = 0
  for (const name of sizeClasses) {
    const times = name === 'huge' ? Math.min(n, 20) : n
    const wanted = repeated(byClass[name], times)
    const ours = timeEach(name, wanted, (no) => reach(graph, no, scratch))
    const theirs = timeEach(`${name}, graphology`, wanted, (no) => graphologyReach(peer, graph, no))
    cells.push(ours, theirs)
    figures[`graphology_over_engine_${name}`] = round(p50(theirs.samples) / p50(ours.samples), 1)
    for (const no of wanted.slice(0, 20)) {
      const cellsOf = graphologyReach(peer, graph, no)
      if (reach(graph, no, scratch).cells.some((count, cell) => count !== cellsOf[cell])) mismatches += 1
    }
  }
  printCells('The same search in graphology', cells)
  return { ...figures, graphology_mismatches: mismatches }
}

function graphologyOf(graph: AccessGraph): MultiDirectedGraph {
  const peer = new MultiDirectedGraph()
  const { hopFrom, hopTo, grantFrom, grantTo, grantLevel } = graph
  for (let no = 0; no < graph.principalCount; no += 1) peer.addNode(`p${no}`)
  for (let no = 0; no < graph.resourceCount; no += 1) peer.addNode(`r${no}`)
  for (let no = 0; no < graph.principalCount; no += 1) {
    for (let at = hopFrom[no] ?? 0; at < (hopFrom[no + 1] ?? 0); at += 1)
      peer.addDirectedEdge(`p${no}`, `p${hopTo[at]}`, { level: 0 })
    for (let at = grantFrom[no] ?? 0; at < (grantFrom[no + 1] ?? 0); at += 1)
      peer.addDirectedEdge(`p${no}`, `r${grantTo[at]}`, { level: grantLevel[at] })
  }
  return peer
}

function graphologyReach(peer: MultiDirectedGraph, graph: AccessGraph, start: number): number[] {
  const seen = new Set([`p${start}`])
  const levels = new Map<string, number>()
  for (const node of seen) {
    peer.forEachOutEdge(node, (_edge, { level }, _source, target) => {
      if (level === 0) seen.add(target)
      else if (level > (levels.get(target) ?? 0)) levels.set(target, level)
    })
  }
  const cells = new Array<number>(25).fill(0)
  for (const [resource, level] of levels) {
    const cell = (graph.sensitivity[Number(resource.slice(1))] ?? 0) * 5 + level - 1
    cells[cell] = (cells[cell] ?? 0) + 1
  }
  return cells
}

/** The recursive query against the engine, both answering all of the figures: how much longer it takes, and whether it says the same. */
export async function measureOracle(
  graph: AccessGraph,
  tenant: Tenant,
  { byClass }: Samples,
  identities: readonly number[],
  n: number,
) {
  const series = await openReachSeries(tenant)
  const figures: Record<string, number> = {}
  const cells: Cell[] = []
  for (const name of sizeClasses) {
    const wanted = repeated(byClass[name], name === 'huge' ? Math.min(n, 7) : Math.min(n, 30))
    const ours = timeEach(name, repeated(byClass[name], n), (no) =>
      answerGraph(graph, { op: 'reach', startId: identityId(graph, no) }),
    )
    let next = 0
    const theirs = await measure(
      `${name}, recursive SQL`,
      wanted.length,
      () => series.find(identityId(graph, wanted[next++ % wanted.length] ?? 0)),
      1,
    )
    cells.push(ours, theirs)
    figures[`oracle_over_engine_${name}`] = round(p50(theirs.samples) / p50(ours.samples), 1)
  }
  printCells('The recursive query in the database', cells)
  let mismatches = 0
  for (const [at, no] of identities.entries()) {
    if (at > 0 && at % 100 === 0) console.log(`  ${at} of ${identities.length} compared, ${mismatches} differ`)
    const startId = identityId(graph, no)
    const told = await series.find(startId)
    const hoursApart = ((told?.builtAt ?? 0) - graph.builtAt) / 3_600_000 + 0.01
    const { figures: own, exposedTo } = answerGraph(graph, { op: 'reach', startId })
    const isSame = told?.answer.exposedTo === exposedTo && areSame(own, told.answer.figures, hoursApart)
    if (!isSame) mismatches += 1
  }
  await series.close()
  return {
    ...figures,
    oracle_over_engine_min: Math.min(...sizeClasses.map((name) => figures[`oracle_over_engine_${name}`] ?? 0)),
    oracle_compared: identities.length,
    oracle_mismatches: mismatches,
  }
}

/** Lifetimes count from two moments, all else must be equal; the score follows from it. */
function areSame(ours: RawFigures, theirs: RawFigures, hoursApart: number): boolean {
  const areHoursSame =
    ours.hours === null || theirs.hours === null
      ? ours.hours === theirs.hours
      : Math.abs(ours.hours - theirs.hours) <= hoursApart
  return (
    areHoursSame &&
    ours.isUnbounded === theirs.isUnbounded &&
    ours.identities === theirs.identities &&
    ours.systems === theirs.systems &&
    ours.cells.every((count, cell) => count === theirs.cells[cell])
  )
}
