import { basisOf } from './certainty'
import type { AccessGraph, PathStep } from './contract'
import { oncePerGraph } from './graph-index'
import { placeOf, putUuid, uuidAt } from './ids'
import type { RawStep } from './requests'
import type { Node } from './what-if'

/** A row that the graph does not have: it came later, is gone, or belongs to somebody else. */
export class UnknownNodeError extends Error {
  override readonly name = 'UnknownNodeError'
  constructor(readonly id: string) {
    super('The graph has no such node.')
  }
}

/** Where identities, people and roles end among the principals. */
const typeEnds = oncePerGraph(({ principalType }) => {
  const ends = [0, 0, 0]
  for (let type = 0; type < 3; type += 1) {
    let end = ends[type - 1] ?? 0
    while (end < principalType.length && principalType[end] === type) end += 1
    ends[type] = end
  }
  return ends
})

/** The node with an id. @throws UnknownNodeError */
export function nodeOf(graph: AccessGraph, id: string): Node {
  const node = findNode(graph, id)
  if (!node) throw new UnknownNodeError(id)
  return node
}

/** The node with an id; `undefined` when the graph has none. */
export function findNode(graph: AccessGraph, id: string): Node | undefined {
  const wanted = new Uint8Array(16)
  try {
    putUuid(wanted, 0, id)
  } catch {
    return undefined
  }
  let start = 0
  for (const end of typeEnds(graph)) {
    const no = placeOf(graph.principalIds, wanted, start, end)
    if (no >= 0) return { lane: 'principal', no }
    start = end
  }
  const no = placeOf(graph.resourceIds, wanted, 0, graph.resourceCount)
  return no >= 0 ? { lane: 'resource', no } : undefined
}

/** An identity, a person or a role. @throws UnknownNodeError, also for a resource */
export function principalOf(graph: AccessGraph, id: string): number {
  const node = nodeOf(graph, id)
  if (node.lane !== 'principal') throw new UnknownNodeError(id)
  return node.no
}

/** @throws UnknownNodeError, also for a principal */
export function resourceOf(graph: AccessGraph, id: string): number {
  const node = nodeOf(graph, id)
  if (node.lane !== 'resource') throw new UnknownNodeError(id)
  return node.no
}

/** The row of a principal; a holding's is its resource. */
export function idOfPrincipal(graph: AccessGraph, no: number): string {
  const resource = graph.holdingOf[no] ?? -1
  return resource < 0 ? uuidAt(graph.principalIds, no) : uuidAt(graph.resourceIds, resource)
}

export function idOfResource(graph: AccessGraph, no: number): string {
  return uuidAt(graph.resourceIds, no)
}

/** The same steps between rows; a hop to a holding is one to its resource, at the holding's level. */
export function rawSteps(graph: AccessGraph, steps: readonly PathStep[]): RawStep[] {
  return steps.map(({ lane, from, to, kind, level, basis }) => ({
    kind,
    fromId: idOfPrincipal(graph, from),
    toId: lane === 'grant' ? idOfResource(graph, to) : idOfPrincipal(graph, to),
    level: lane === 'grant' ? level : level || (graph.holdingLevel[to] ?? 0),
    basis: basisOf(basis),
  }))
}
