import type { AccessGraph } from './contract'
import { compareIds, uuidAt } from './ids'
import { nodeOf } from './node-ids'
import { becomersOf, ReverseScratch, reachersOf } from './reverse'
import { allIdentities } from './score-all'

/** Who reaches something, by id: ascending ids, and the level of each (0 where none is meant: who can become it). */
export interface Reachers {
  ids: Uint8Array
  levels: Uint8Array
}

export interface ReachDiff {
  gained: { id: string; level: number }[]
  lost: { id: string; level: number }[]
  raised: { id: string; before: number; after: number }[]
  lowered: { id: string; before: number; after: number }[]
}

/** The identities that reach a resource, or can become another principal. @throws UnknownNodeError */
export function reachersById(graph: AccessGraph, targetId: string): Reachers {
  const target = nodeOf(graph, targetId)
  const scratch = new ReverseScratch(graph)
  if (target.lane === 'resource') reachersOf(graph, target.no, scratch)
  else becomersOf(graph, target.no, scratch)
  const isTarget = (no: number) => target.lane === 'principal' && no === target.no
  const found = allIdentities(graph).filter((no) => scratch.hasFound(no) && !isTarget(no))
  const ids = new Uint8Array(found.length * 16)
  for (const [place, no] of found.entries()) ids.set(graph.principalIds.subarray(no * 16, no * 16 + 16), place * 16)
  return { ids, levels: Uint8Array.from(found, (no) => scratch.levels[no] ?? 0) }
}

/** What changed between two moments. */
export function diffReachers(before: Reachers, after: Reachers): ReachDiff {
  const diff: ReachDiff = { gained: [], lost: [], raised: [], lowered: [] }
  let [was, is] = [0, 0]
  while (was < before.levels.length || is < after.levels.length) {
    const order =
      was === before.levels.length ? 1 : is === after.levels.length ? -1 : compareIds(before.ids, was, after.ids, is)
    const [levelBefore, levelAfter] = [before.levels[was] ?? 0, after.levels[is] ?? 0]
    if (order < 0) diff.lost.push({ id: uuidAt(before.ids, was), level: levelBefore })
    else if (order > 0) diff.gained.push({ id: uuidAt(after.ids, is), level: levelAfter })
    else if (levelBefore !== levelAfter)
      diff[levelAfter > levelBefore ? 'raised' : 'lowered'].push({
        id: uuidAt(after.ids, is),
        before: levelBefore,
        after: levelAfter,
      })
    if (order <= 0) was += 1
    if (order >= 0) is += 1
  }
  return diff
}
