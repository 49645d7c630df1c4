import type { AccessGraph } from './contract'
import { kindNumber } from './leads'
import { principalTypes } from './principal-types'
import { longer } from './reach'

/**
 * The principals of a graph by strong components: those that can all become each other count as one. Components are numbered
 * so that hops lead from higher numbers to lower ones. Principals that nothing hops to take no part (-1): each is alone, and
 * nobody gains anything by them.
 */
export interface Condensed {
  count: number
  /** Of each principal: its component, or -1. */
  componentOf: Int32Array
  /** Hops between components, from[c] … from[c + 1] - 1, each once. */
  hopFrom: Int32Array
  hopTo: Int32Array
  /** What a component's principals hold: resource × 8 + level. */
  grantFrom: Int32Array
  grants: Int32Array
  /** How many identities and people are in it. */
  members: Int32Array
  /** Of everything behind it: the longest life of the credentials that are gained on the way; 0 = none. */
  hours: Float64Array
  /** How many hops and grants leave it. */
  weight: Float64Array
  /** Of everything behind it, itself included: the component of the highest weight. */
  hub: Int32Array
}

export function condense(graph: AccessGraph): Condensed {
  const { componentOf, count, order } = components(graph)
  const { hopFrom, hopTo, hopKind, grantFrom, grantTo, grantLevel, principalType } = graph
  // `order` has the principals by component, in ascending numbers of components.
  const starts = new Int32Array(count + 1)
  for (const principal of order) {
    const next = (componentOf[principal] ?? 0) + 1
    starts[next] = (starts[next] ?? 0) + 1
  }
  for (let no = 0; no < count; no += 1) starts[no + 1] = (starts[no + 1] ?? 0) + (starts[no] ?? 0)

  const hops: number[] = []
  const outFrom = new Int32Array(count + 1)
  const outGrants = new Int32Array(count + 1)
  let grantCount = 0
  for (const principal of order) grantCount += (grantFrom[principal + 1] ?? 0) - (grantFrom[principal] ?? 0)
  const grants = new Int32Array(grantCount)
  const members = new Int32Array(count)
  const hours = new Float64Array(count)
  const hub = new Int32Array(count)
  const weight = new Float64Array(count)
  const seen = new Int32Array(count).fill(-1)
  let held = 0
  for (let no = 0; no < count; no += 1) {
    const firstHop = hops.length
    let [gained, best] = [0, no]
    const firstGrant = held
    for (let place = starts[no] ?? 0; place < (starts[no + 1] ?? 0); place += 1) {
      const principal = order[place] ?? 0
      if ((principalType[principal] ?? 3) <= principalTypes.human) members[no] = (members[no] ?? 0) + 1
      for (let at = hopFrom[principal] ?? 0; at < (hopFrom[principal + 1] ?? 0); at += 1) {
        const target = hopTo[at] ?? 0
        if (hopKind[at] === kindNumber.stores) gained = longer(gained, graph.hours[target] ?? 0)
        const to = componentOf[target] ?? -1
        if (to === no || seen[to] === no) continue
        seen[to] = no
        hops.push(to)
        gained = longer(gained, hours[to] ?? 0)
      }
      for (let at = grantFrom[principal] ?? 0; at < (grantFrom[principal + 1] ?? 0); at += 1) {
        grants[held] = (grantTo[at] ?? 0) * 8 + (grantLevel[at] ?? 0)
        held += 1
      }
    }
    weight[no] = held - firstGrant + hops.length - firstHop
    for (let at = firstHop; at < hops.length; at += 1) {
      const other = hub[hops[at] ?? 0] ?? 0
      if ((weight[other] ?? 0) > (weight[best] ?? 0)) best = other
    }
    hub[no] = best
    hours[no] = gained
    outFrom[no + 1] = hops.length
    outGrants[no + 1] = held
  }
  return {
    count,
    componentOf,
    hopFrom: outFrom,
    hopTo: Int32Array.from(hops),
    grantFrom: outGrants,
    grants,
    members,
    hours,
    weight,
    hub,
  }
}

/** Tarjan's strong components, with stacks of its own in place of recursion. */
function components({ principalCount, hopFrom, hopTo }: AccessGraph) {
  const componentOf = new Int32Array(principalCount).fill(-1)
  const isTarget = new Uint8Array(principalCount)
  for (let at = 0; at < hopTo.length; at += 1) isTarget[hopTo[at] ?? 0] = 1
  const index = new Int32Array(principalCount)
  const low = new Int32Array(principalCount)
  const cursor = new Int32Array(principalCount)
  const [path, stack] = [new Int32Array(principalCount), new Int32Array(principalCount)]
  const order = new Int32Array(principalCount)
  let [count, placed, nextIndex, stacked] = [0, 0, 1, 0]
  for (let root = 0; root < principalCount; root += 1) {
    if (isTarget[root] === 0 || index[root] !== 0) continue
    let depth = 0
    const enter = (node: number) => {
      index[node] = nextIndex
      low[node] = nextIndex
      nextIndex += 1
      cursor[node] = hopFrom[node] ?? 0
      path[depth] = node
      depth += 1
      stack[stacked] = node
      stacked += 1
    }
    enter(root)
    while (depth > 0) {
      const node = path[depth - 1] ?? 0
      const at = cursor[node] ?? 0
      if (at < (hopFrom[node + 1] ?? 0)) {
        cursor[node] = at + 1
        const to = hopTo[at] ?? 0
        if (index[to] === 0) enter(to)
        else if (componentOf[to] === -1 && (index[to] ?? 0) < (low[node] ?? 0)) low[node] = index[to] ?? 0
        continue
      }
      depth -= 1
      const before = path[depth - 1] ?? 0
      if (depth > 0 && (low[node] ?? 0) < (low[before] ?? 0)) low[before] = low[node] ?? 0
      if (low[node] !== index[node]) continue
      for (;;) {
        stacked -= 1
        const member = stack[stacked] ?? 0
        componentOf[member] = count
        order[placed] = member
        placed += 1
        if (member === node) break
      }
      count += 1
    }
  }
  return { componentOf, count, order: order.subarray(0, placed) }
}
