import type { AccessGraph } from './contract'

/** Worked out from a graph once, when first asked, and let go of with it. */
export function oncePerGraph<T>(workOut: (graph: AccessGraph) => T): (graph: AccessGraph) => T {
  const known = new WeakMap<AccessGraph, T>()
  return (graph) => {
    let value = known.get(graph)
    if (value === undefined) {
      value = workOut(graph)
      known.set(graph, value)
    }
    return value
  }
}

const holdingNumbers = oncePerGraph(({ holdingOf, holdingLevel, principalCount }) => {
  const numbers = new Map<number, number>()
  for (let no = 0; no < principalCount; no += 1) {
    const resource = holdingOf[no] ?? -1
    if (resource >= 0) numbers.set(resource * 8 + (holdingLevel[no] ?? 0), no)
  }
  return numbers
})

/** The principal that holds this level on a resource; -1 when there is none. */
export function holdingAt(graph: AccessGraph, resource: number, level: number): number {
  return holdingNumbers(graph).get(resource * 8 + level) ?? -1
}

/** The holdings of a resource, highest level first. */
export function holdingsOf(graph: AccessGraph, resource: number): number[] {
  return [5, 4, 3, 2, 1].map((level) => holdingAt(graph, resource, level)).filter((no) => no >= 0)
}

/** How many identities can act. */
export const liveIdentities = oncePerGraph(({ principalType, principalDead }) => {
  let count = 0
  for (let no = 0; no < principalType.length; no += 1)
    if (principalType[no] === 0 && principalDead[no] === 0) count += 1
  return count
})
