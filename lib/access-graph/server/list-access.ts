import { privileges, sensitivities } from '@/lib/connectors/contract'
import { getIdentity } from '@/lib/identities/server/get-identity'
import type { Context } from '@/lib/platform/context'
import { shortestRoutes, type WalkEdge } from '../rules'
import { type AccessRow, type ById, type GraphNode, type Hop, IdentityAccess } from '../schema'
import { type EdgeRow, findNodes, listBecomingRows, listGrantRows, listHopRows, type NodeRow } from './store'

/** The most edges of each sort that one answer looks at. */
const mostHops = 3000
const mostGrants = 1000
const mostImpersonators = 200

/**
 * What an identity may do on what, by which route: its own grants and those of every role, account or identity that it
 * belongs to, runs as or can become. Conditions are shown, not evaluated; unknown ends are listed as open.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when the identity is not the caller's to see
 */
export async function listAccess(ctx: Context, { id }: ById): Promise<IdentityAccess> {
  await getIdentity(ctx, { id })
  const [hops, becoming] = await Promise.all([
    listHopRows(ctx, id, mostHops + 1),
    listBecomingRows(ctx, id, mostImpersonators + 1),
  ])
  const edges = hops.slice(0, mostHops) as (EdgeRow & WalkEdge)[]
  const routes = shortestRoutes(id, edges)
  const grants = await listGrantRows(ctx, [...routes.keys()], mostGrants + 1)
  const shown = grants.slice(0, mostGrants)
  const impersonators = becoming.slice(0, mostImpersonators)
  const nodes = await findNodes(ctx, [
    ...edges.flatMap(({ toId }) => toId ?? []),
    ...shown.flatMap(({ toId }) => toId ?? []),
    ...impersonators.flatMap(({ fromId }) => fromId ?? []),
  ])
  const routeTo = (nodeId: string | null): Hop[] =>
    (routes.get(nodeId ?? '') ?? []).map((edge) => presentHop(edge, nodes))
  return IdentityAccess.parse({
    identityId: id,
    rows: sortRows(
      shown.map((edge) => ({
        ...presentLimits(edge),
        id: edge.id,
        resource: presentResource(edge, nodes),
        privilege: edge.privilege,
        scopes: edge.scopes,
        scopeCount: edge.scopeCount,
        route: routeTo(edge.fromId),
      })) as AccessRow[],
    ),
    openEnds: edges
      .filter((edge) => edge.toId === null && routes.has(edge.fromId))
      .map((edge) => ({ id: edge.id, hop: presentHop(edge, nodes), route: routeTo(edge.fromId) })),
    canBecome: impersonators.map((edge) => ({
      ...presentLimits(edge),
      id: edge.id,
      kind: edge.kind,
      from: presentNode(nodes.get(edge.fromId ?? ''), edge.fromType, edge.fromRef),
    })),
    truncated: hops.length > mostHops || grants.length > mostGrants || becoming.length > mostImpersonators,
    asOf: new Date().toISOString(),
  })
}

/** Highest privilege first, then the most sensitive resource, then by name. */
function sortRows(rows: AccessRow[]): AccessRow[] {
  const rank = (row: AccessRow) => (row.privilege ? privileges.indexOf(row.privilege) : -1)
  const weight = ({ resource }: AccessRow) => (resource.sensitivity ? sensitivities.indexOf(resource.sensitivity) : -1)
  return rows.toSorted(
    (a, b) => rank(b) - rank(a) || weight(b) - weight(a) || a.resource.name.localeCompare(b.resource.name, 'en'),
  )
}

function presentLimits(edge: EdgeRow) {
  return {
    effect: edge.effect,
    condition: edge.condition,
    notEvaluable: edge.notEvaluable,
    expiresAt: edge.expiresAt?.toISOString() ?? null,
    lastUsedAt: edge.lastUsedAt?.toISOString() ?? null,
    basis: edge.basis,
  }
}

function presentNode(node: NodeRow | undefined, type: string, ref: string): GraphNode {
  const known = node ?? { type, id: null, name: ref, externalId: ref, kind: null }
  return {
    type: known.type as GraphNode['type'],
    id: known.id,
    name: known.name,
    externalId: known.externalId,
    kind: known.kind,
  }
}

function presentResource(edge: EdgeRow, nodes: Map<string, NodeRow>) {
  const node = nodes.get(edge.toId ?? '')
  return {
    ...presentNode(node, edge.toType, edge.toRef),
    environment: node?.environment ?? null,
    sensitivity: node?.sensitivity ?? null,
  }
}

function presentHop(edge: WalkEdge, nodes: Map<string, NodeRow>): Hop {
  const { kind, basis, condition, notEvaluable, toId, toType, toRef } = edge
  return { kind, basis, condition, notEvaluable, to: presentNode(nodes.get(toId ?? ''), toType, toRef) }
}
