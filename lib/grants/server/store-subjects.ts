import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

/** An identity as a grant needs it, with whoever answers for it. */
export async function findSubject(ctx: Context, id: string) {
  const { orgId } = ctx.tenant
  const row = await ctx.db.identity.findUnique({
    where: { orgId_id: { orgId, id } },
    select: {
      ...{ id: true, name: true, externalId: true, sourceId: true, environment: true, status: true, deletedAt: true },
      listing: { select: { traits: true } },
      ownerships: {
        where: { endedAt: null, state: { in: ['assigned', 'confirmed'] } },
        select: { ownerKey: true, validUntil: true },
      },
    },
  })
  if (!row) return null
  const now = new Date()
  const keys = row.ownerships
    .filter(({ validUntil }) => validUntil === null || validUntil > now)
    .map(({ ownerKey }) => ownerKey)
  return { ...row, traits: row.listing?.traits ?? 0, ownerKeys: [...new Set(keys)].sort() }
}

export interface NamedNode {
  id: string
  nodeType: 'role' | 'resource'
  sourceId: string
  ref: string
  name: string
  kind: string
  sensitivity: string | null
  environment: string | null
}

/** Roles and resources by their ids. */
export async function findNodes(ctx: Context, ids: readonly string[]): Promise<Map<string, NamedNode>> {
  const wanted = Prisma.sql`org_id = ${ctx.tenant.orgId}::uuid AND id = ANY (${[...ids]}::uuid[]) AND deleted_at IS NULL`
  const rows = await ctx.sql<NamedNode>(Prisma.sql`
    SELECT id, 'role' AS "nodeType", source_id AS "sourceId", external_id AS ref, name, kind, NULL AS sensitivity, NULL AS environment
    FROM role WHERE ${wanted}
    UNION ALL
    SELECT id, 'resource', source_id, external_id, name, kind, effective_sensitivity, environment FROM resource WHERE ${wanted}`)
  return new Map(rows.map((row) => [row.id, row]))
}

/** What the subject holds itself on these nodes, by the inventory, and keeps beside the grant. */
export function findOwnRights(
  ctx: Context,
  subjectId: string,
  nodeIds: readonly string[],
  replaced: readonly string[],
) {
  return ctx.sql<{ nodeId: string; scopes: string[]; kind: string }>(Prisma.sql`
    SELECT to_id AS "nodeId", scopes, kind FROM entitlement
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND from_id = ${subjectId}::uuid AND to_id = ANY (${[...nodeIds]}::uuid[])
      AND deleted_at IS NULL AND effect = 'allow' AND NOT id = ANY (${[...replaced]}::uuid[]) AND (expires_at IS NULL OR expires_at > now())`)
}

/** What exactly these scopes on this resource amount to, where the source has told of it for anybody; null = it has not. */
export async function findPrivilege(ctx: Context, nodeId: string, scopes: readonly string[]): Promise<string | null> {
  const [row] = await ctx.sql<{ privilege: string | null }>(Prisma.sql`
    SELECT privilege FROM entitlement
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND to_id = ${nodeId}::uuid AND kind = 'grants' AND deleted_at IS NULL
      AND scopes @> ${[...scopes]}::text[] AND scopes <@ ${[...scopes]}::text[] AND privilege IS NOT NULL LIMIT 1`)
  return row?.privilege ?? null
}

/** The oldest live connection that reads a source. */
export function findLiveOf(ctx: Context, sourceId: string) {
  const { orgId } = ctx.tenant
  return ctx.db.liveConnection.findFirst({
    where: { orgId, deletedAt: null, sourceConnection: { orgId, sourceId } },
    select: { id: true, name: true, connector: true, selfIds: true },
    orderBy: { createdAt: 'asc' },
  })
}
