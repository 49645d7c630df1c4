import { edgeBases } from '@/lib/connectors/contract'
import type { Context } from '@/lib/platform/context'
import type { GraphStamp, PathStep } from '../blast-parts'
import type { GraphAnswer, GraphOp, RawStep } from '../engine/requests'
import { unseenName } from '../rules'
import type { GraphNode } from '../schema'
import { levels } from '../score'
import type { Sight } from './resolve-sight'
import {
  type EdgeFacts,
  type EdgeKey,
  edgeKeyOf,
  findCarryingEdges,
  findGraphNodes,
  findStoredCredentials,
  type GraphNodeRow,
} from './store-graph'

/** Rows and edges of an answer, ready to be told. */
export interface Told {
  /** A row by its id, without its name where the caller may not know it. */
  node: (id: string) => GraphNode
  row: (id: string) => GraphNodeRow | undefined
  path: (steps: readonly RawStep[]) => PathStep[]
}

/**
 * Reads what an answer's rows are called and by which edges its steps go, in three statements however many there are. A step
 * by a stored secret is told as two: the resource stores the credential, the credential authenticates as its holder.
 */
export async function readSteps(
  ctx: Context,
  sight: Sight,
  paths: readonly (readonly RawStep[])[],
  moreIds: readonly string[] = [],
): Promise<Told> {
  const steps = [...new Map(paths.flat().map((step) => [edgeKeyOf(step), step])).values()]
  const [edges, stored] = await Promise.all([
    findCarryingEdges(
      ctx,
      steps.filter(({ kind }) => kind !== 'covers' && kind !== 'stores'),
    ),
    findStoredCredentials(
      ctx,
      steps.filter(({ kind }) => kind === 'stores'),
    ),
  ])
  const credentialIds = [...stored.values()].map(({ credentialId }) => credentialId)
  const ids = [...moreIds, ...credentialIds, ...steps.flatMap(({ fromId, toId }) => [fromId, toId])]
  const rows = await findGraphNodes(ctx, sight, ids)
  const node = (id: string) => presentNode(rows.get(id))
  const isSeen = (...ends: string[]) => ends.every((id) => rows.get(id)?.isSeen === true)
  const tell = (raw: RawStep): PathStep[] => {
    const { fromId, toId, kind } = raw
    const key = edgeKeyOf(raw)
    // What is held on a resource is held on what it covers: no edge says so.
    if (kind === 'grants' && rows.get(fromId)?.type === 'resource' && !edges.has(key))
      return [presentStep({ ...raw, kind: 'covers' }, undefined, [node(fromId), node(toId)], false)]
    if (kind !== 'stores') return [presentStep(raw, edges.get(key), [node(fromId), node(toId)], isSeen(fromId, toId))]
    const way = stored.get(key)
    const credentialId = way?.credentialId ?? ''
    const credential = way ? node(credentialId) : gone('credential')
    const holder = { ...raw, kind: 'authenticates_as' as const, basis: edgeBases.indexOf('declared') }
    return [
      presentStep(raw, way, [node(fromId), credential], isSeen(fromId, credentialId)),
      presentStep(holder, undefined, [credential, node(toId)], isSeen(credentialId, toId)),
    ]
  }
  return { node, row: (id) => rows.get(id), path: (raw) => raw.flatMap(tell) }
}

type TellableStep = Omit<RawStep, 'kind'> & { kind: PathStep['kind'] }

/** The contract form of a step, without words and ids where the caller may not know an end. */
export function presentStep(
  raw: TellableStep,
  edge: Omit<EdgeFacts, keyof EdgeKey | 'privilege'> | undefined,
  [from, to]: [GraphNode, GraphNode],
  isSeen: boolean,
): PathStep {
  const words = (text: string | null | undefined) => (text && !isSeen ? unseenName : (text ?? null))
  return {
    kind: raw.kind,
    from,
    to,
    edgeId: isSeen && edge ? edge.edgeId : null,
    basis: (edge?.basis as PathStep['basis']) ?? edgeBases[raw.basis] ?? 'inferred',
    level: raw.kind === 'grants' ? (levels[raw.level - 1] ?? 'unknown') : null,
    condition: words(edge?.condition),
    notEvaluable: words(edge?.notEvaluable),
    lastUsedAt: edge?.lastUsedAt?.toISOString() ?? null,
    source: isSeen && edge ? { id: edge.sourceId, name: edge.sourceName, system: edge.system } : null,
  }
}

/** The contract form of a row. */
export function presentNode(row: GraphNodeRow | undefined): GraphNode {
  if (!row) return gone('identity')
  const { type, id, name, externalId, kind, isSeen } = row
  return isSeen ? { type, id, name, externalId, kind } : { type, id: null, name: unseenName, externalId: '', kind }
}

/** A row that was there when the graph was read, and is not any more. */
function gone(type: GraphNode['type']): GraphNode {
  return { type, id: null, name: 'No longer there', externalId: '', kind: null }
}

/** From which graph an answer comes. */
export function presentStamp({ version, builtAt, by }: GraphAnswer<GraphOp>): GraphStamp {
  return { version, builtAt: new Date(builtAt).toISOString(), by }
}
