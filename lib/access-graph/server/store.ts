import type { Context } from '@/lib/platform/context'
import type { Reader } from '@/lib/platform/db/client'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { becomingKinds, hopKinds } from '../rules'

const edgeColumns = Prisma.sql`e.id, e.kind, e.from_id AS "fromId", e.from_type AS "fromType", e.from_ref AS "fromRef",
  e.to_type AS "toType", e.to_id AS "toId", e.to_ref AS "toRef", e.effect, e.privilege, e.scopes,
  e.scope_count AS "scopeCount", e.condition, e.not_evaluable AS "notEvaluable", e.expires_at AS "expiresAt",
  e.last_used_at AS "lastUsedAt", e.basis`

const live = Prisma.sql`e.deleted_at IS NULL AND (e.expires_at IS NULL OR e.expires_at > now())`

export interface EdgeRow {
  id: string
  kind: string
  fromId: string | null
  fromType: string
  fromRef: string
  toType: string
  toId: string | null
  toRef: string
  effect: string
  privilege: string | null
  scopes: string[]
  scopeCount: number
  condition: string | null
  notEvaluable: string | null
  expiresAt: Date | null
  lastUsedAt: Date | null
  basis: string
}

/** Every step onwards from an identity, and from whatever those steps lead to; at most `limit`. */
export function listHopRows(ctx: Context, identityId: string, limit: number): Promise<EdgeRow[]> {
  const { orgId } = ctx.tenant
  return ctx.db.$queryRaw<EdgeRow[]>`
    WITH RECURSIVE reached (node_id) AS (
      SELECT ${identityId}::uuid
      UNION
      SELECT e.to_id FROM reached r JOIN entitlement e ON e.org_id = ${orgId}::uuid AND e.from_id = r.node_id
      WHERE e.kind = ANY(${[...hopKinds]}) AND e.effect = 'allow' AND e.to_id IS NOT NULL AND ${live}
    )
    SELECT ${edgeColumns} FROM (SELECT node_id FROM reached LIMIT ${limit}) r
    JOIN entitlement e ON e.org_id = ${orgId}::uuid AND e.from_id = r.node_id
    WHERE e.kind = ANY(${[...hopKinds]}) AND e.effect = 'allow' AND ${live}
    LIMIT ${limit}`
}

/** What these nodes hold on resources, highest privilege first; at most `limit`. */
export function listGrantRows(ctx: Context, holderIds: readonly string[], limit: number): Promise<EdgeRow[]> {
  return ctx.db.$queryRaw<EdgeRow[]>`
    SELECT ${edgeColumns} FROM entitlement e
    WHERE e.org_id = ${ctx.tenant.orgId}::uuid AND e.from_id = ANY(${[...holderIds]}::uuid[]) AND e.kind = 'grants' AND ${live}
    ORDER BY coalesce(array_position('{read,write,secret_read,admin}'::text[], e.privilege), 0) DESC, e.id
    LIMIT ${limit}`
}

/** The edges by which others become this identity in one step; at most `limit`. */
export function listBecomingRows(ctx: Context, identityId: string, limit: number): Promise<EdgeRow[]> {
  return ctx.db.$queryRaw<EdgeRow[]>`
    SELECT ${edgeColumns} FROM entitlement e
    WHERE e.org_id = ${ctx.tenant.orgId}::uuid AND e.to_id = ${identityId}::uuid AND e.kind = ANY(${[...becomingKinds]})
      AND ${live}
    ORDER BY e.effect, e.kind, e.from_id IS NULL, e.from_ref LIMIT ${limit}`
}

export interface NodeRow {
  type: string
  id: string
  name: string
  externalId: string
  kind: string | null
  environment: string | null
  sensitivity: string | null
}

/** Names and kinds of nodes, whatever table they are in: what a source calls an identity may be known as a person. */
export async function findNodes(ctx: Context, ids: readonly string[]): Promise<Map<string, NodeRow>> {
  const { orgId } = ctx.tenant
  const wanted = [...new Set(ids)]
  const rows = await ctx.db.$queryRaw<NodeRow[]>`
    SELECT 'identity' AS type, id, name, external_id AS "externalId", kind, environment, NULL AS sensitivity
      FROM identity WHERE org_id = ${orgId}::uuid AND id = ANY(${wanted}::uuid[])
    UNION ALL SELECT 'human', id, name, external_id, NULL, NULL, NULL
      FROM human WHERE org_id = ${orgId}::uuid AND id = ANY(${wanted}::uuid[])
    UNION ALL SELECT 'role', id, name, external_id, kind, NULL, NULL
      FROM role WHERE org_id = ${orgId}::uuid AND id = ANY(${wanted}::uuid[])
    UNION ALL SELECT 'resource', id, name, external_id, kind, environment, sensitivity
      FROM resource WHERE org_id = ${orgId}::uuid AND id = ANY(${wanted}::uuid[])
    UNION ALL SELECT 'credential', id, name, external_id, type, NULL, NULL
      FROM credential WHERE org_id = ${orgId}::uuid AND id = ANY(${wanted}::uuid[])`
  return new Map(rows.map((row) => [row.id, row]))
}

const source = { select: { id: true, system: true, name: true } } as const

export function listResourceRows(db: Reader, where: Prisma.ResourceWhereInput, orderBy: Order, take: number) {
  return db.resource.findMany({ where, orderBy, take, include: { source } })
}

export function listRoleRows(db: Reader, where: Prisma.RoleWhereInput, orderBy: Order, take: number) {
  return db.role.findMany({ where, orderBy, take, include: { source } })
}

type Order = Record<string, 'asc' | 'desc'>[]

export function countResources(db: Reader, where: Prisma.ResourceWhereInput): Promise<number> {
  return db.resource.count({ where })
}

export function countRoles(db: Reader, where: Prisma.RoleWhereInput): Promise<number> {
  return db.role.count({ where })
}

/** @throws AppError `not_found`, also for another organization's id */
export async function findResource(ctx: Context, id: string) {
  const key = { orgId_id: { orgId: ctx.tenant.orgId, id } }
  const row = await ctx.db.resource.findUnique({ where: key, include: { source } })
  if (!row) throw new AppError('not_found', 'There is no such resource in this organization.')
  return row
}

/** @throws AppError `not_found`, also for another organization's id */
export async function findRole(ctx: Context, id: string) {
  const key = { orgId_id: { orgId: ctx.tenant.orgId, id } }
  const row = await ctx.db.role.findUnique({ where: key, include: { source } })
  if (!row) throw new AppError('not_found', 'There is no such role in this organization.')
  return row
}

/** Where secrets with these fingerprints were seen, latest first. */
export function findSightings(ctx: Context, fingerprints: readonly string[], take: number) {
  return ctx.db.sighting.findMany({
    where: { fingerprint: { in: [...fingerprints] } },
    include: { source: { select: { id: true, system: true, name: true } } },
    orderBy: { updatedAt: 'desc' },
    take,
  })
}
