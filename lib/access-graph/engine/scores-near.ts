import type { AccessGraph } from './contract'
import { holdingsOf } from './graph-index'
import { findNode } from './node-ids'
import { principalTypes } from './principal-types'
import type { GraphAnswers } from './requests'
import { closureBehind, incomingGrants } from './reverse'
import type { Rooms } from './rooms'
import { allIdentities, scoreAll } from './score-all'

/** When more than this share of the identities may have changed, all are worked out: it takes hardly longer. */
const largeShare = 0.2

/**
 * The figures of those identities whose own may have changed when rows did: all from which a changed row is reached in the
 * graph as it is now. Both ends of an edge that is gone must be among the rows; rows that the graph does not have are passed
 * over.
 */
export function scoresNear(
  graph: AccessGraph,
  changedIds: readonly string[],
  { behind }: Rooms,
): GraphAnswers['scoresNear'] {
  const grants = incomingGrants(graph)
  const changed: number[] = []
  for (const id of changedIds) {
    const node = findNode(graph, id)
    if (node?.lane === 'principal') changed.push(node.no)
    else if (node) {
      changed.push(...holdingsOf(graph, node.no))
      for (const source of grants.source.subarray(grants.from[node.no], grants.from[node.no + 1])) changed.push(source)
    }
  }
  closureBehind(changed, behind)
  const all = allIdentities(graph)
  const near = behind.queue
    .slice(0, behind.count)
    .filter((principal) => graph.principalType[principal] === principalTypes.identity)
    .sort()
  const isAll = near.length > all.length * largeShare
  const identities = isAll ? all : near
  const { visits: _, ...figures } = scoreAll(graph, identities)
  const ids = new Uint8Array(identities.length * 16)
  for (const [place, no] of identities.entries())
    ids.set(graph.principalIds.subarray(no * 16, no * 16 + 16), place * 16)
  return { ids, figures, isAll }
}
