import { type IdentityKindName, identityKindLabels } from '@/components/ui/marks/identity-kind'
import type { PictureEdge, PictureNode } from '@/lib/access-graph/blast-radius'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { kindWords, levelLabels } from './explore-words'

const layerWords = { credential: 'credential', identity: 'identity', role: 'role', resource: 'resource' }
const layerPlurals = { credential: 'credentials', identity: 'identities', role: 'roles', resource: 'resources' }

export const isGroup = ({ id }: Pick<PictureNode, 'id'>) => id.startsWith('group:')

/** What is written in a node. */
export function nodeLabel(node: PictureNode): string {
  return isGroup(node) ? groupWord(node) : node.name
}

/** "112 s3 buckets"; without a kind of theirs "112 resources". */
function groupWord({ count, kind, layer }: PictureNode): string {
  if (!kind || kind === layer) return `${formatNumber(count)} ${count === 1 ? layerWords[layer] : layerPlurals[layer]}`
  return `${formatNumber(count)} × ${kindWords(kind)}`
}

/** The second line of a node: what it is, or where its group is. */
export function nodeDetail(node: PictureNode): string {
  if (isGroup(node)) return node.system ? `in ${node.system}` : layerPlurals[node.layer]
  const kind = kindOf(node)
  return node.system ? `${kind} in ${node.system}` : kind
}

function kindOf({ layer, kind }: PictureNode): string {
  const isNamed = layer === 'identity' && kind !== null && kind in identityKindLabels
  return isNamed ? identityKindLabels[kind as IdentityKindName] : kindWords(kind ?? layerWords[layer])
}

/** What is spoken of a node: name, what it is, what is held on it, and how many lines come and go. */
export function spokenNode(node: PictureNode, edges: readonly PictureEdge[]): string {
  const into = edges.filter(({ to }) => to === node.id).length
  const out = edges.filter(({ from }) => from === node.id).length
  return [
    nodeLabel(node),
    nodeDetail(node),
    ...(node.layer === 'resource' && node.level
      ? [isGroup(node) ? `at most ${levelLabels[node.level].toLowerCase()}` : levelLabels[node.level].toLowerCase()]
      : []),
    ...(node.sensitivity ? [node.sensitivity] : []),
    `${formatCount(into, 'line')} in, ${formatNumber(out)} out`,
  ].join(', ')
}

/** A text that fits into a number of letters: its start and its end stay. */
export function fitText(text: string, letters: number): string {
  const all = Array.from(text)
  if (all.length <= letters) return text
  const end = Math.floor((letters - 1) * 0.4)
  return `${all.slice(0, letters - 1 - end).join('')}…${all.slice(all.length - end).join('')}`
}

/** The line under the picture: how much of the graph it shows. */
export function drawnSentence(drawn: number, total: number, shapes: number): string {
  const nodes =
    drawn >= total
      ? `All ${formatCount(total, 'node')} are drawn`
      : `${formatNumber(drawn)} of ${formatCount(total, 'node')} are drawn`
  return shapes < drawn ? `${nodes}, in ${formatCount(shapes, 'shape')}.` : `${nodes}.`
}
