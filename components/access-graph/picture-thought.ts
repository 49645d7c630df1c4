import type { Picture, PictureEdge, PictureNode } from '@/lib/access-graph/blast-radius'
import type { WhatIf } from '@/lib/access-graph/what-if'
import { formatNumber } from '@/lib/platform/browser/format'
import { isGroup } from './picture-words'
import type { Changes } from './what-if-address'

/** What changes that are only thought of would do to what is drawn. */
export interface PictureThought {
  /** Of an edge by its number: `cut` = it would end, `less` = some of it would, or it would give less. */
  edges: ReadonlyMap<number, 'cut' | 'less'>
  /** Of a node by its id: what would become of it, in words, and whether all of it would be out of reach. */
  nodes: ReadonlyMap<string, { words: string; isLost: boolean }>
}

const loses = (words: string) => ({ words, isLost: true })
const keeps = (words: string) => ({ words, isLost: false })

/**
 * The lines that would end and the nodes that would be lost. A node other than a resource is told as lost only when the
 * picture is whole: else a way may lead there that is not drawn. Pure.
 */
export function pictureThought(
  { nodes, edges, drawn, total }: Pick<Picture, 'nodes' | 'edges' | 'drawn' | 'total'>,
  startId: string,
  changes: Changes,
  answer: Pick<WhatIf, 'ways' | 'gone' | 'lost' | 'lostTotal'>,
): PictureThought {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const drawnAs = ({ id, group }: { id: string; group: string }) => (byId.has(id) ? id : group)
  const marked = new Map<number, 'cut' | 'less'>()
  const cutOf = new Map<number, number>()
  for (const { from, to, kind, level } of answer.ways) {
    const index = edges.findIndex((e) => e.from === drawnAs(from) && e.to === drawnAs(to) && e.kind === kind)
    const edge = edges[index]
    if (!edge) continue
    cutOf.set(index, (cutOf.get(index) ?? 0) + (level === null ? 1 : 0))
    marked.set(index, level === null && isWhole(edge, cutOf.get(index) ?? 0) ? 'cut' : 'less')
  }
  const thought = new Map<string, { words: string; isLost: boolean }>()
  markCredentials(changes, answer, byId, thought, (id) => {
    const index = edges.findIndex(({ from, kind }) => from === id && kind === 'authenticates_as')
    if (index >= 0) marked.set(index, byId.get(id)?.count === 1 ? 'cut' : 'less')
  })
  markResources(answer, nodes, byId, thought)
  if (drawn === total) {
    const left = reachable(startId, edges, marked)
    for (const { id, layer } of nodes)
      if (layer !== 'credential' && layer !== 'resource' && !left.has(id)) thought.set(id, loses('would be lost'))
  }
  return { edges: marked, nodes: thought }
}

/** Between two single nodes a line is one way; between groups it is as many as it counts. */
function isWhole({ from, to, count }: PictureEdge, cut: number): boolean {
  return (!isGroup({ id: from }) && !isGroup({ id: to })) || cut >= count
}

type Nodes = ReadonlyMap<string, PictureNode>
type Thoughts = Map<string, { words: string; isLost: boolean }>

function markCredentials(
  { cutCredentials, shorten }: Changes,
  { gone }: Pick<WhatIf, 'gone'>,
  nodes: Nodes,
  thoughts: Thoughts,
  cut: (id: string) => void,
): void {
  const group = [...nodes.keys()].find((id) => id.startsWith('group:credential:')) ?? ''
  const place = (id: string) => (nodes.has(id) ? id : group)
  for (const { credentialId } of shorten) {
    const id = place(credentialId)
    if (!gone.includes(credentialId) && nodes.has(id)) thoughts.set(id, keeps('would end sooner'))
  }
  const cuts = new Map<string, number>()
  for (const credentialId of cutCredentials)
    if (!gone.includes(credentialId)) cuts.set(place(credentialId), (cuts.get(place(credentialId)) ?? 0) + 1)
  for (const [id, count] of cuts) {
    const node = nodes.get(id)
    if (!node) continue
    thoughts.set(id, count >= node.count ? loses('would be revoked') : keeps(`${part(count, node)} revoked`))
    cut(id)
  }
}

function markResources(
  { lost, lostTotal }: Pick<WhatIf, 'lost' | 'lostTotal'>,
  all: readonly PictureNode[],
  nodes: Nodes,
  thoughts: Thoughts,
): void {
  const lostIn = new Map<string, number>()
  for (const { resource, after } of lost) {
    const node = nodes.get(resource.id)
    if (node && after !== null) thoughts.set(node.id, keeps(`only ${after.replace('_', ' ')} left`))
    else if (node) thoughts.set(node.id, loses('would be lost'))
    else if (after === null) {
      const group = `group:resource:${resource.system}:${resource.kind}`
      lostIn.set(group, (lostIn.get(group) ?? 0) + 1)
    }
  }
  // The list is cut off at a number; then a group is only known to lose at least so many.
  const isListed = lost.length >= lostTotal
  for (const node of all) {
    const count = lostIn.get(node.id) ?? 0
    if (count >= node.count && count > 0) thoughts.set(node.id, loses('would be lost'))
    else if (count > 0) thoughts.set(node.id, keeps(`${isListed ? '' : 'at least '}${part(count, node)} lost`))
  }
}

const part = (count: number, node: PictureNode) => `${formatNumber(count)} of ${formatNumber(node.count)}`

function reachable(
  startId: string,
  edges: readonly PictureEdge[],
  marked: ReadonlyMap<number, 'cut' | 'less'>,
): Set<string> {
  const seen = new Set([startId])
  const queue = [startId]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    for (const [index, { from, to }] of edges.entries()) {
      if (from !== id || seen.has(to) || marked.get(index) === 'cut') continue
      seen.add(to)
      queue.push(to)
    }
  }
  return seen
}

/** The sentence under the picture: what the marks in it say. */
export function thoughtSentence({ edges, nodes }: PictureThought): string {
  const cut = [...edges.values()].filter((mark) => mark === 'cut').length
  const less = edges.size - cut
  const lost = [...nodes.values()].filter(({ isLost }) => isLost).length
  const parts = [
    ...(cut > 0 ? [`${formatNumber(cut)} ${cut === 1 ? 'line ends' : 'lines end'}`] : []),
    ...(less > 0 ? [`${formatNumber(less)} ${less === 1 ? 'gives' : 'give'} less`] : []),
    ...(lost > 0 ? [`${formatNumber(lost)} of what is drawn would be lost`] : []),
  ]
  return parts.length > 0
    ? `With the changes thought of: ${parts.join(', ')}.`
    : 'The changes thought of show nowhere here.'
}
