import { isObserved } from './certainty'
import type { AccessGraph } from './contract'
import { engineHopKinds } from './contract'
import { principalTypes } from './principal-types'
import { reach, type Scratch } from './reach'
import type { GraphAnswers } from './requests'

type Drawn = GraphAnswers['picture']
type Layer = Drawn['nodes'][number]['layer']

/** A group of at most this many is drawn node by node when there is room. */
const fewMembers = 4

/** Nodes of one layer, system and kind. */
interface Group {
  key: string
  layer: Layer
  system: string | null
  depth: number
  level: number
  /** Principals by their number, resources by -1 - theirs. */
  members: number[]
}

/** How the rows are called and which may be drawn. */
export interface PictureWish {
  /** Keys of groups whose nodes are drawn one by one. */
  expand: readonly string[]
  /** At most so many nodes and groups. */
  cap: number
}

/**
 * What a principal reaches, drawn from left to right: nodes of one layer, system and kind are one group with its count,
 * unless they are few or the group is to be expanded. What does not fit under the cap stays in its group; a group that does
 * not fit is left out, the largest levels are drawn first.
 */
export function pictureOf(
  graph: AccessGraph,
  start: number,
  { expand, cap }: PictureWish,
  scratch: Scratch,
  idOf: (node: number) => string,
): Drawn {
  reach(graph, start, scratch)
  const groups = groupsOf(graph, start, scratch)
  const total = 1 + groups.reduce((sum, { members }) => sum + members.length, 0)
  const elements = chosen(graph, groups, new Set(expand), Math.max(1, cap - 1), scratch)
  const nodes: Drawn['nodes'] = [nodeOf(graph, start, scratch, idOf)]
  const ofPrincipal = new Int32Array(graph.principalCount).fill(-1)
  const ofResource = new Int32Array(graph.resourceCount).fill(-1)
  ofPrincipal[start] = 0
  for (const { group, members, isGroup } of elements) {
    const [only = 0] = members
    for (const member of members) {
      if (member >= 0) ofPrincipal[member] = nodes.length
      else ofResource[-1 - member] = nodes.length
    }
    const { key, layer, system, depth, level } = group
    nodes.push(
      isGroup
        ? { key, id: null, layer, depth, system, level, count: members.length }
        : nodeOf(graph, only, scratch, idOf),
    )
  }
  const drawn = nodes.reduce((sum, { count }) => sum + count, 0)
  return { nodes, edges: edgesBetween(graph, scratch, nodes, ofPrincipal, ofResource), drawn, total }
}

function layerOf(graph: AccessGraph, node: number): Layer {
  if (node < 0) return 'resource'
  return graph.principalType[node] === principalTypes.role ? 'role' : 'identity'
}

function systemOf(graph: AccessGraph, node: number): string | null {
  return graph.systems[(node < 0 ? graph.system[-1 - node] : graph.principalSystem[node]) ?? 0] ?? null
}

function nodeOf(graph: AccessGraph, node: number, scratch: Scratch, idOf: (node: number) => string) {
  const id = idOf(node)
  const [level, depth] =
    node < 0 ? [scratch.levelOf(-1 - node), scratch.stepsTo(-1 - node)] : [0, scratch.principals[node * 4 + 3] ?? 0]
  return { key: id, id, layer: layerOf(graph, node), depth, system: systemOf(graph, node), level, count: 1 }
}

/** Everything that the last search reached, without the start. */
function groupsOf(graph: AccessGraph, start: number, scratch: Scratch): Group[] {
  const groups = new Map<string, Group>()
  const put = (node: number, kindNo: number, depth: number, level: number) => {
    const [layer, system] = [layerOf(graph, node), systemOf(graph, node)]
    const key = `group:${layer}:${system ?? ''}:${graph.kinds[kindNo] ?? ''}`
    let group = groups.get(key)
    if (!group) {
      group = { key, layer, system, depth, level, members: [] }
      groups.set(key, group)
    }
    group.depth = Math.min(group.depth, depth)
    group.level = Math.max(group.level, level)
    group.members.push(node)
  }
  for (let at = 0; at < scratch.reached; at += 1) {
    const principal = scratch.queue[at] ?? 0
    if (principal === start || graph.principalType[principal] === principalTypes.holding) continue
    put(principal, graph.principalKind[principal] ?? 0, scratch.principals[principal * 4 + 3] ?? 0, 0)
  }
  for (let at = 0; at < scratch.touchedCount; at += 1) {
    const resource = scratch.touched[at] ?? 0
    put(-1 - resource, graph.resourceKind[resource] ?? 0, scratch.stepsTo(resource), scratch.levelOf(resource))
  }
  return [...groups.values()]
}

interface Element {
  group: Group
  members: number[]
  isGroup: boolean
}

/** What is drawn: first each group as one, then, as long as there is room, the nodes of groups that are to be expanded or small. */
function chosen(
  graph: AccessGraph,
  groups: Group[],
  expand: ReadonlySet<string>,
  room: number,
  scratch: Scratch,
): Element[] {
  const weightOf = (group: Group) => (group.layer === 'resource' ? group.level : 6)
  const inOrder = groups.toSorted(
    (a, b) => weightOf(b) - weightOf(a) || b.members.length - a.members.length || (a.key < b.key ? -1 : 1),
  )
  const kept = inOrder.slice(0, room)
  let left = room - kept.length
  const wanted = kept.toSorted((a, b) => Number(expand.has(b.key)) - Number(expand.has(a.key)))
  const elements: Element[] = []
  for (const group of wanted) {
    const isWanted = expand.has(group.key) || group.members.length <= fewMembers
    // A group that stays takes the place that it has; one that is drawn whole gives it to its first node.
    const isWhole = isWanted && group.members.length - 1 <= left
    if (isWhole) {
      left -= group.members.length - 1
      for (const member of group.members) elements.push({ group, members: [member], isGroup: false })
    } else if (expand.has(group.key) && left > 0) {
      const members = bestFirst(graph, group.members, scratch)
      for (const member of members.slice(0, left)) elements.push({ group, members: [member], isGroup: false })
      elements.push({ group, members: members.slice(left), isGroup: true })
      left = 0
    } else elements.push({ group, members: group.members, isGroup: true })
  }
  return elements
}

function bestFirst(graph: AccessGraph, members: readonly number[], scratch: Scratch): number[] {
  const rankOf = (node: number) => (node < 0 ? graph.resourceRank[-1 - node] : graph.principalRank[node]) ?? 0
  const levelOf = (node: number) => (node < 0 ? scratch.levelOf(-1 - node) : 0)
  const classOf = (node: number) => (node < 0 ? (graph.sensitivity[-1 - node] ?? 0) : 0)
  return members.toSorted((a, b) => levelOf(b) - levelOf(a) || classOf(b) - classOf(a) || rankOf(a) - rankOf(b))
}

/** Edges of the graph between what is drawn, those between the same two of one kind as one. Within a group none are drawn. */
function edgesBetween(
  graph: AccessGraph,
  scratch: Scratch,
  nodes: Drawn['nodes'],
  ofPrincipal: Int32Array,
  ofResource: Int32Array,
): Drawn['edges'] {
  const edges = new Map<number, Drawn['edges'][number]>()
  const draw = (from: number, to: number, kind: number, basis: number, level: number) => {
    if (from < 0 || to < 0 || from === to) return
    const key = (from * nodes.length + to) * engineHopKinds.length + kind
    const isUsed = isObserved(basis)
    const edge = edges.get(key)
    if (edge) {
      edge.count += 1
      edge.isUsed ||= isUsed
      edge.level = Math.max(edge.level, level)
    } else {
      const [fromKey, toKey] = [nodes[from]?.key ?? '', nodes[to]?.key ?? '']
      edges.set(key, { from: fromKey, to: toKey, kind: engineHopKinds[kind] ?? 'grants', isUsed, level, count: 1 })
    }
  }
  for (let next = 0; next < scratch.reached; next += 1) {
    const principal = scratch.queue[next] ?? 0
    const resource = graph.holdingOf[principal] ?? -1
    const from = (resource < 0 ? ofPrincipal[principal] : ofResource[resource]) ?? -1
    if (from < 0) continue
    for (let at = graph.hopFrom[principal] ?? 0; at < (graph.hopFrom[principal + 1] ?? 0); at += 1) {
      // Beside every hop to a holding there is a grant, which is drawn.
      const to = ofPrincipal[graph.hopTo[at] ?? 0] ?? -1
      draw(from, to, graph.hopKind[at] ?? 0, graph.hopBasis[at] ?? 0, 0)
    }
    for (let at = graph.grantFrom[principal] ?? 0; at < (graph.grantFrom[principal + 1] ?? 0); at += 1) {
      const to = ofResource[graph.grantTo[at] ?? 0] ?? -1
      draw(from, to, graph.grantKind[at] ?? 0, graph.grantBasis[at] ?? 0, graph.grantLevel[at] ?? 0)
    }
  }
  return [...edges.values()]
}
