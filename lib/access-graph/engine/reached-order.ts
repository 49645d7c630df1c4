import type { AccessGraph } from './contract'
import { oncePerGraph } from './graph-index'
import type { Scratch } from './reach'
import type { RequestOf } from './requests'

const byRank = oncePerGraph(({ resourceRank }) => {
  const resources = new Int32Array(resourceRank.length)
  for (let no = 0; no < resourceRank.length; no += 1) resources[resourceRank[no] ?? 0] = no
  return resources
})

const systemRanks = oncePerGraph(({ systems }) => {
  const sorted = systems.toSorted()
  return systems.map((system) => sorted.indexOf(system))
})

type Wish = Pick<RequestOf<'reached'>, 'system' | 'level' | 'sensitivity' | 'sort' | 'dir'> & {
  /** Only these resources. */
  only?: ReadonlySet<number>
}

/** What the last search reached, filtered, in order; those that are equal in it by name, upwards. */
export function reachedInOrder(graph: AccessGraph, scratch: Scratch, wish: Wish): Int32Array {
  const { system, level, sensitivity, only, sort, dir } = wish
  const systemNo = system === undefined ? -1 : graph.systems.indexOf(system)
  const keys = new Float64Array(scratch.touchedCount)
  const ranks = systemRanks(graph)
  let count = 0
  for (let at = 0; at < scratch.touchedCount; at += 1) {
    const resource = scratch.touched[at] ?? 0
    if (system !== undefined && graph.system[resource] !== systemNo) continue
    if (level !== undefined && scratch.levelOf(resource) !== level) continue
    if (sensitivity !== undefined && graph.sensitivity[resource] !== sensitivity) continue
    if (only && !only.has(resource)) continue
    const rank = graph.resourceRank[resource] ?? 0
    const value = {
      level: () => scratch.levelOf(resource),
      sensitivity: () => graph.sensitivity[resource] ?? 0,
      system: () => ranks[graph.system[resource] ?? 0] ?? 0,
      hops: () => scratch.stepsTo(resource),
      name: () => 0,
    }[sort]()
    // One number to sort by: the value, turned round for the way down, before the place in the order of names.
    const turned = sort === 'name' ? 0 : dir === 'asc' ? value : 2 ** 20 - value
    keys[count] = turned * 2 ** 32 + (sort === 'name' && dir === 'desc' ? 2 ** 32 - 1 - rank : rank)
    count += 1
  }
  const resources = byRank(graph)
  const sorted = keys.subarray(0, count).sort()
  return Int32Array.from(sorted, (key) => {
    const low = key % 2 ** 32
    return resources[sort === 'name' && dir === 'desc' ? 2 ** 32 - 1 - low : low] ?? 0
  })
}
