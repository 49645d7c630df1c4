import type { Context } from '@/lib/platform/context'
import { engineHopKinds } from '../engine/contract'
import type { WhatIf, WhatIfInput } from '../what-if'
import { presentNode, presentStep } from './present-steps'
import type { Sight } from './resolve-sight'
import { findEdgeFacts, findGraphNodes } from './store-graph'
import { findThoughtCredentials } from './store-what-if'

/**
 * The edges and credentials that are thought of as changed, by name, in the order in which they were given. All of them must be
 * there.
 */
export async function presentChanged(ctx: Context, sight: Sight, input: WhatIfInput): Promise<WhatIf['changed']> {
  const edgeIds = [...input.cutEdges, ...input.lower.map(({ edgeId }) => edgeId)]
  const credentialIds = [...input.cutCredentials, ...input.shorten.map(({ credentialId }) => credentialId)]
  const [edges, credentials] = await Promise.all([
    findEdgeFacts(ctx, edgeIds),
    findThoughtCredentials(ctx, credentialIds),
  ])
  const ends = [...edges.values()].flatMap(({ fromId, toId }) => [fromId, toId])
  const holders = [...credentials.values()].flatMap(({ holderId }) => holderId ?? [])
  const rows = await findGraphNodes(
    ctx,
    sight,
    [...ends, ...holders, ...credentialIds].filter((id) => id !== null),
  )
  const node = (id: string) => presentNode(rows.get(id))
  return {
    edges: edgeIds.flatMap((id) => {
      const edge = edges.get(id)
      if (!edge) return []
      const { fromId, toId, level } = edge
      const kind = engineHopKinds.find((known) => known === edge.kind) ?? 'grants'
      const isSeen = [fromId, toId].every((end) => rows.get(end)?.isSeen === true)
      const raw = { kind, fromId, toId, level, basis: 0 }
      return [presentStep(raw, edge, [node(fromId), node(toId)], isSeen)]
    }),
    credentials: credentialIds.flatMap((id) => {
      const [credential, row] = [credentials.get(id), rows.get(id)]
      if (!credential || !row) return []
      const { holderId, expiresAt, neverExpires, lastUsedAt } = credential
      return [
        {
          node: presentNode(row),
          holder: holderId === null ? null : node(holderId),
          system: row.system,
          source: row.isSeen ? row.sourceName : '',
          expiresAt: expiresAt?.toISOString() ?? null,
          neverExpires,
          lastUsedAt: lastUsedAt?.toISOString() ?? null,
        },
      ]
    }),
  }
}
