import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { edgeLevel, holderHours } from './read-carrying'
import { carrying, lives, org } from './store-graph'

export interface ThoughtEdge {
  id: string
  kind: string
  fromId: string | null
  toId: string | null
  fromType: string
  toType: string
  /** 1 to 5 of a grant, else 0. */
  level: number
  /** It is part of the graph: allowed, live, not refused. */
  isCarrying: boolean
  lastUsedAt: Date | null
}

/** An edge as it is asked for by its id, with what there is to say of it. */
export interface NamedEdge extends ThoughtEdge {
  /** Its source no longer tells of it. */
  isGone: boolean
  basis: string
  condition: string | null
  notEvaluable: string | null
  sourceId: string
  sourceName: string
  system: string
}

const edgeColumns = Prisma.sql`e.id, e.kind, e.from_id AS "fromId", e.to_id AS "toId", e.from_type AS "fromType",
  e.to_type AS "toType", ${Prisma.raw(edgeLevel)} AS level,
  e.last_used_at AS "lastUsedAt"`

/** Edges by their ids, also those that do not carry or are gone. */
export async function findThoughtEdges(ctx: Context, ids: readonly string[]): Promise<Map<string, NamedEdge>> {
  if (ids.length === 0) return new Map()
  const rows = await ctx.sql<NamedEdge>(Prisma.sql`
    SELECT ${edgeColumns}, (${carrying(ctx)}) AS "isCarrying", e.deleted_at IS NOT NULL AS "isGone", e.basis, e.condition,
      e.not_evaluable AS "notEvaluable", s.id AS "sourceId", s.name AS "sourceName", s.system
    FROM entitlement e JOIN source s ON s.org_id = ${org(ctx)} AND s.id = e.source_id
    WHERE e.org_id = ${org(ctx)} AND e.id = ANY(${[...ids]}::uuid[])`)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Every edge that carries between each of these pairs of rows, the given ones among them. */
export async function listParallelEdges(
  ctx: Context,
  pairs: readonly { fromId: string; toId: string; kind: string }[],
): Promise<ThoughtEdge[]> {
  if (pairs.length === 0) return []
  return ctx.sql<ThoughtEdge>(Prisma.sql`
    SELECT ${edgeColumns}, true AS "isCarrying"
    FROM (SELECT DISTINCT * FROM unnest(${pairs.map(({ fromId }) => fromId)}::uuid[], ${pairs.map(({ toId }) => toId)}::uuid[],
      ${pairs.map(({ kind }) => kind)}::text[]) AS p (from_id, to_id, kind)) k
    JOIN entitlement e ON e.from_id = k.from_id AND e.to_id = k.to_id AND e.kind = k.kind AND ${carrying(ctx)}`)
}

export interface ThoughtCredential {
  id: string
  holderId: string | null
  expiresAt: Date | null
  neverExpires: boolean
  isLive: boolean
  /** Its source no longer tells of it. */
  isGone: boolean
  lastUsedAt: Date | null
}

/** Credentials by their ids, also those that do not live or are gone. */
export async function findThoughtCredentials(
  ctx: Context,
  ids: readonly string[],
): Promise<Map<string, ThoughtCredential>> {
  if (ids.length === 0) return new Map()
  const rows = await ctx.sql<ThoughtCredential>(Prisma.sql`
    SELECT c.id, coalesce(c.identity_id, c.human_id) AS "holderId", c.expires_at AS "expiresAt",
      c.never_expires AS "neverExpires", ${lives} AS "isLive", c.deleted_at IS NOT NULL AS "isGone",
      c.last_used_at AS "lastUsedAt"
    FROM credential c WHERE c.org_id = ${org(ctx)} AND c.id = ANY(${[...ids]}::uuid[])`)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Credentials as they are thought of: without some, and others ending earlier. */
export interface ThoughtLives {
  dead: readonly string[]
  shortened: readonly { id: string; expiresAt: string }[]
}

/** Hours that the last live credential of each of these holders would have left, as the graph counts them; NaN = not known. */
export async function findThoughtHours(
  ctx: Context,
  holderIds: readonly string[],
  { dead, shortened }: ThoughtLives,
): Promise<Map<string, number>> {
  if (holderIds.length === 0) return new Map()
  const rows = await ctx.sql<{ holder: string; hours: number }>(Prisma.sql`
    SELECT c.holder, ${Prisma.raw(holderHours)} AS hours FROM (
      SELECT coalesce(c.identity_id, c.human_id) AS holder, c.deleted_at,
        CASE WHEN c.id = ANY(${[...dead]}::uuid[]) THEN 'disabled' ELSE c.status END AS status,
        coalesce(x.expires_at, c.expires_at) AS expires_at, c.never_expires AND x.id IS NULL AS never_expires
      FROM credential c
      LEFT JOIN unnest(${shortened.map(({ id }) => id)}::uuid[], ${shortened.map(({ expiresAt }) => expiresAt)}::timestamptz[])
        AS x (id, expires_at) ON x.id = c.id
      WHERE c.org_id = ${org(ctx)} AND (c.identity_id = ANY(${[...holderIds]}::uuid[]) OR c.human_id = ANY(${[...holderIds]}::uuid[]))
    ) c GROUP BY 1`)
  return new Map(rows.map(({ holder, hours }) => [holder, hours]))
}

export interface StoredWay {
  resourceId: string
  holderId: string
  edgeId: string
  credentialId: string
}

/**
 * Every way by a stored credential between a resource and a holder, for those pairs of which one of these edges or credentials
 * is a way.
 */
export async function listStoredWays(
  ctx: Context,
  edgeIds: readonly string[],
  credentialIds: readonly string[],
): Promise<StoredWay[]> {
  if (edgeIds.length === 0 && credentialIds.length === 0) return []
  const holder = Prisma.sql`coalesce(c.identity_id, c.human_id)`
  return ctx.sql<StoredWay>(Prisma.sql`
    WITH meant AS MATERIALIZED (
      SELECT DISTINCT e.from_id, ${holder} AS holder FROM entitlement e
      JOIN credential c ON c.org_id = ${org(ctx)} AND c.id = e.to_id AND ${lives}
      WHERE e.kind = 'stores' AND (e.id = ANY(${[...edgeIds]}::uuid[]) OR e.to_id = ANY(${[...credentialIds]}::uuid[]))
        AND ${carrying(ctx)} AND ${holder} IS NOT NULL
    )
    SELECT m.from_id AS "resourceId", m.holder AS "holderId", e.id AS "edgeId", c.id AS "credentialId"
    FROM meant m
    JOIN entitlement e ON e.from_id = m.from_id AND e.kind = 'stores' AND ${carrying(ctx)}
    JOIN credential c ON c.org_id = ${org(ctx)} AND c.id = e.to_id AND ${lives} AND ${holder} = m.holder`)
}

/** When each of these resources was last used by a grant of the start itself. */
export async function findDirectUse(
  ctx: Context,
  startId: string,
  resourceIds: readonly string[],
): Promise<Map<string, Date>> {
  if (resourceIds.length === 0) return new Map()
  const rows = await ctx.sql<{ id: string; at: Date }>(Prisma.sql`
    SELECT e.to_id AS id, max(e.last_used_at) AS at FROM entitlement e
    WHERE e.org_id = ${org(ctx)} AND e.from_id = ${startId}::uuid AND e.kind = 'grants' AND e.deleted_at IS NULL
      AND e.to_id = ANY(${[...resourceIds]}::uuid[]) AND e.last_used_at IS NOT NULL
    GROUP BY 1`)
  return new Map(rows.map(({ id, at }) => [id, at]))
}
