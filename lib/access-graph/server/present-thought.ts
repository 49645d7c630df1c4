import { type EdgeBasis, edgeBases, edgeKinds } from '@/lib/connectors/contract'
import { levels } from '../score'
import type { WhatIf } from '../what-if'
import { presentStep, type Told } from './present-steps'
import type { Thought } from './resolve-thought'
import type { GraphNodeRow } from './store-graph'
import type { NamedEdge, ThoughtCredential } from './store-what-if'

/** The rows that changes are about, to be read by name. */
export function rowsOfThought({ edges, credentials, changes }: Thought): string[] {
  return [
    ...edges.flatMap(({ fromId, toId }) => [fromId, toId].filter((end) => end !== null)),
    ...credentials.flatMap(({ id, holderId }) => [id, ...(holderId === null ? [] : [holderId])]),
    ...changes.flatMap((change) => (change.lane === 'hours' ? [] : [change.fromId, change.toId])),
  ]
}

/** What changes are about, in words; `known` has their rows. */
export function presentThought(
  known: Told,
  { edges, credentials, changes }: Thought,
): Pick<WhatIf, 'steps' | 'credentials' | 'gone' | 'ways'> {
  return {
    steps: edges.flatMap((edge) => presentEdge(known, edge) ?? []),
    credentials: credentials.map((credential) => presentCredential(known, credential)),
    gone: [...edges, ...credentials].filter(({ isGone }) => isGone).map(({ id }) => id),
    ways: changes.flatMap((change) => {
      if (change.lane === 'hours') return []
      const kind = change.lane === 'grant' ? 'grants' : change.kind
      const [from, to] = [known.row(change.fromId), known.row(change.toId)]
      const level = change.lane === 'grant' ? (levels[change.level - 1] ?? null) : null
      return from && to ? [{ from: drawnRow(from), to: drawnRow(to), kind, level }] : []
    }),
  }
}

const isSeen = (row: GraphNodeRow | undefined) => row?.isSeen === true

function presentEdge(known: Told, edge: NamedEdge): WhatIf['steps'][number] | null {
  const { id, fromId, toId, level } = edge
  const kind = edgeKinds.find((name) => name === edge.kind)
  if (fromId === null || toId === null || !kind) return null
  const basis = edgeBases.indexOf(edge.basis as EdgeBasis)
  return presentStep(
    { kind, fromId, toId, level, basis },
    { ...edge, edgeId: id },
    [known.node(fromId), known.node(toId)],
    isSeen(known.row(fromId)) && isSeen(known.row(toId)),
  )
}

function presentCredential(known: Told, credential: ThoughtCredential): WhatIf['credentials'][number] {
  const { id, holderId, expiresAt, neverExpires, lastUsedAt } = credential
  const [row, holder] = [known.row(id), holderId === null ? undefined : known.row(holderId)]
  return {
    id,
    name: known.node(id).name,
    holder: holder?.isSeen ? holder.name : null,
    identityId: holder?.isSeen && holder.type === 'identity' ? holderId : null,
    source: row?.isSeen ? { name: row.sourceName, system: row.system } : null,
    expiresAt: expiresAt?.toISOString() ?? null,
    neverExpires,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}

/** As the picture names a row and the group that it is in. */
function drawnRow({ id, type, system, kind }: GraphNodeRow): { id: string; group: string } {
  const layer = type === 'human' ? 'identity' : type
  return { id, group: `group:${layer}:${system}:${type === 'human' ? 'person' : (kind ?? '')}` }
}
