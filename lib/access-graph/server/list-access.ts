import { z } from 'zod'
import { listTellers, tellersOf } from '@/lib/connections/server/list-tellers'
import type { Privilege } from '@/lib/connectors/contract'
import { getIdentity } from '@/lib/identities/server/get-identity'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { AccessQuery } from '../filters'
import { shortestRoutes, type WalkEdge } from '../rules'
import { type GraphNode, type Hop, IdentityAccess } from '../schema'
import {
  countBecoming,
  countGrants,
  type EdgeRow,
  findNodes,
  type GrantFilter,
  type GrantRow,
  listBecomingRows,
  listGrantRows,
  listHopRows,
  type NodeRow,
} from './store'

/** The most steps that one answer looks at, and the most ends and principals that it lists. */
const mostHops = 3000
const mostListed = 200
const pageLength = 50

const Position = z.tuple([z.int(), z.int(), z.string(), z.uuid()])

type Walk = EdgeRow & WalkEdge

/**
 * A page of what an identity may do on what, by which route: its own grants and those of every role, account or identity
 * that it belongs to, runs as or can become. Conditions are shown, not evaluated; unknown ends are listed as open.
 * @throws AppError `not_found` for an id of another organization, `forbidden` when the identity is not the caller's to see;
 * `invalid_input` for a cursor of another filter
 */
export async function listAccess(ctx: Context, given: AccessQuery & { id: string }): Promise<IdentityAccess> {
  const { id, find, privilege, grant, cursor, limit = pageLength } = given
  await getIdentity(ctx, { id })
  const hops = await listHopRows(ctx, id, mostHops + 1)
  const edges = hops.slice(0, mostHops) as Walk[]
  const routes = shortestRoutes(id, edges)
  const steps = await findNodes(ctx, find ? edges.flatMap(({ toId }) => toId ?? []) : [])
  const filter: GrantFilter = {
    holderIds: [...routes.keys()],
    text: find,
    namedIds: find ? [...routes].filter(([, route]) => hasName(route, steps, find)).map(([holder]) => holder) : [],
    privileges: privilege,
    grantId: grant,
  }
  const list = `access:${id}:${find ?? ''}:${(privilege ?? []).toSorted().join(',')}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, Position)
  const [found, first] = await Promise.all([
    listGrantRows(ctx, filter, { after, limit: limit + 1 }),
    after ? null : findFirst(ctx, id, filter, edges, routes),
  ])
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return IdentityAccess.parse({
    identityId: id,
    rows: await presentRows(ctx, shown, routes),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.rank, last.weight, last.name, last.id]) : null,
    first,
    truncated: hops.length > mostHops,
    asOf: new Date().toISOString(),
  })
}

/** Whether the name of one of the route's steps holds the text. */
function hasName(route: readonly Walk[], nodes: Map<string, NodeRow>, text: string): boolean {
  const part = text.toLowerCase()
  return route.some(({ toId, toRef }) => (nodes.get(toId ?? '')?.name ?? toRef).toLowerCase().includes(part))
}

async function presentRows(ctx: Context, grants: readonly GrantRow[], routes: Map<string, Walk[]>) {
  const steps = grants.flatMap(({ fromId, toId }) => [toId, ...(routes.get(fromId ?? '') ?? []).map((hop) => hop.toId)])
  const [nodes, tellers] = await Promise.all([
    findNodes(
      ctx,
      steps.flatMap((id) => id ?? []),
    ),
    listTellers(ctx, 'entitlement', grants),
  ])
  return grants.map((edge) => {
    const told = tellersOf(tellers, edge)
    return {
      ...presentLimits(edge),
      id: edge.id,
      resource: presentResource(edge, nodes),
      privilege: edge.privilege,
      scopes: edge.scopes,
      scopeCount: edge.scopeCount,
      route: routeTo(routes, edge.fromId, nodes),
      firstSeenAt: edge.firstSeenAt.toISOString(),
      lastSeenAt: told[0]?.at ?? null,
      tellers: told,
    }
  })
}

/** What stands beside the rows: how many there are, ways that lead out of what is known, and who can become it. */
async function findFirst(ctx: Context, id: string, filter: GrantFilter, edges: Walk[], routes: Map<string, Walk[]>) {
  const [counts, becoming, canBecomeTotal] = await Promise.all([
    countGrants(ctx, filter),
    listBecomingRows(ctx, id, mostListed),
    countBecoming(ctx, id),
  ])
  const ends = edges.filter((edge) => edge.toId === null && routes.has(edge.fromId))
  const shown = ends.slice(0, mostListed)
  const steps = shown.flatMap(({ fromId }) => (routes.get(fromId) ?? []).map((hop) => hop.toId))
  const nodes = await findNodes(
    ctx,
    [...steps, ...becoming.map(({ fromId }) => fromId)].flatMap((found) => found ?? []),
  )
  const { privileges } = filter
  const matching = counts.filter(({ privilege }) => !privileges || privileges.includes(privilege as Privilege))
  return {
    total: sum(matching.map((count) => count.matching)),
    all: sum(counts.map((count) => count.all)),
    privileges: counts.flatMap((count) =>
      count.privilege === null ? [] : [{ value: count.privilege, count: count.matching }],
    ),
    openEnds: shown.map((edge) => ({
      id: edge.id,
      hop: presentHop(edge, nodes),
      route: routeTo(routes, edge.fromId, nodes),
    })),
    openEndTotal: ends.length,
    canBecome: becoming.map((edge) => ({
      ...presentLimits(edge),
      id: edge.id,
      kind: edge.kind,
      from: presentNode(nodes.get(edge.fromId ?? ''), edge.fromType, edge.fromRef),
    })),
    canBecomeTotal,
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, next) => total + next, 0)

function routeTo(routes: Map<string, Walk[]>, holderId: string | null, nodes: Map<string, NodeRow>): Hop[] {
  return (routes.get(holderId ?? '') ?? []).map((edge) => presentHop(edge, nodes))
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
