import { privileges } from '@/lib/connectors/contract'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { carries, credentialLives } from './read-carrying'
import type { Sight } from './resolve-sight'

// What the graph's answers are told with: names, sources and edges of the few rows that are shown, each by one statement.

export const org = (ctx: Context) => Prisma.sql`${ctx.tenant.orgId}::uuid`

/** Whether the edge `e` of the organization carries, as the graph is built. */
export const carrying = (ctx: Context) => Prisma.raw(carries(`'${ctx.tenant.orgId}'::uuid`))
/** Whether the credential `c` still opens something, as the graph is built. */
export const lives = Prisma.raw(`(${credentialLives})`)
/** Longest life first; one whose end nobody knows before one that ends. */
export const longestFirst = Prisma.sql`c.never_expires DESC, c.expires_at DESC NULLS FIRST, c.id`

export interface GraphNodeRow {
  type: 'identity' | 'human' | 'role' | 'resource' | 'credential'
  id: string
  name: string
  externalId: string
  kind: string | null
  environment: string | null
  sensitivity: string | null
  system: string
  sourceId: string
  sourceName: string
  isSeen: boolean
}

/** Whether the caller may know the row `n` by name. */
function seen(ctx: Context, sight: Sight, type: GraphNodeRow['type']): Prisma.Sql {
  const { seesSources, identities, nearId } = sight
  const isNear = nearId
    ? Prisma.sql`n.source_id = (SELECT o.source_id FROM identity o WHERE o.org_id = ${org(ctx)} AND o.id = ${nearId}::uuid)`
    : Prisma.sql`false`
  if (type !== 'identity' && type !== 'credential') return seesSources ? Prisma.sql`true` : isNear
  if (identities === null) return Prisma.sql`true`
  if (identities === 'none') return type === 'identity' ? isNear : Prisma.sql`false`
  const holder = type === 'identity' ? Prisma.sql`n.id` : Prisma.sql`n.identity_id`
  const isListed = Prisma.sql`EXISTS (SELECT FROM identity_listing l
    WHERE l.org_id = ${org(ctx)} AND l.identity_id = ${holder} AND (${identities}))`
  return type === 'identity' ? Prisma.sql`(${isListed} OR ${isNear})` : isListed
}

const kinds: Record<GraphNodeRow['type'], Prisma.Sql> = {
  identity: Prisma.sql`n.kind, n.environment, NULL::text`,
  human: Prisma.sql`NULL, NULL, NULL`,
  role: Prisma.sql`n.kind, NULL, NULL`,
  resource: Prisma.sql`n.kind, n.environment, n.effective_sensitivity`,
  credential: Prisma.sql`n.type, NULL, NULL`,
}
const nodeTypes = Object.keys(kinds) as GraphNodeRow['type'][]

const tableOf = (type: GraphNodeRow['type']) => Prisma.raw(`"${type}" n`)

/** Rows by their ids, whatever table they are in, and whether the caller may know them by name. */
export async function findGraphNodes(
  ctx: Context,
  sight: Sight,
  ids: readonly string[],
): Promise<Map<string, GraphNodeRow>> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return new Map()
  const parts = nodeTypes.map(
    (type) => Prisma.sql`SELECT ${type}::text AS type, n.id, n.name, n.external_id, ${kinds[type]}, n.source_id,
      ${seen(ctx, sight, type)} AS is_seen
    FROM ${tableOf(type)} WHERE n.org_id = ${org(ctx)} AND n.id = ANY(${wanted}::uuid[])`,
  )
  const rows = await ctx.sql<GraphNodeRow>(Prisma.sql`
    SELECT n.type, n.id, n.name, n.external_id AS "externalId", n.kind, n.environment, n.sensitivity, n.is_seen AS "isSeen",
      s.id AS "sourceId", s.system, s.name AS "sourceName"
    FROM (${Prisma.join(parts, ' UNION ALL ')}) n (type, id, name, external_id, kind, environment, sensitivity, source_id, is_seen)
    JOIN source s ON s.org_id = ${org(ctx)} AND s.id = n.source_id`)
  return new Map(rows.map((row) => [row.id, row]))
}

const has = (text: string) => {
  const part = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return Prisma.sql`(n.name ILIKE ${part} OR n.external_id ILIKE ${part})`
}

/** The ids of live rows whose name or id has the text, of those that the caller may know by name; at most `limit`. */
export async function findNamedIds(
  ctx: Context,
  sight: Sight,
  types: readonly GraphNodeRow['type'][],
  text: string,
  limit: number,
): Promise<string[]> {
  const parts = types.map(
    (type) => Prisma.sql`(SELECT n.id FROM ${tableOf(type)}
      WHERE n.org_id = ${org(ctx)} AND n.deleted_at IS NULL AND ${has(text)} AND ${seen(ctx, sight, type)} LIMIT ${limit})`,
  )
  const rows = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT id FROM (${Prisma.join(parts, ' UNION ALL ')}) found LIMIT ${limit}`)
  return rows.map(({ id }) => id)
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/**
 * By a part of the name or of the id at the source, or by the id here, as links carry it. Those to offer first: by the whole
 * name or id, then by its beginning, then by length and name.
 */
export async function searchNodeIds(ctx: Context, sight: Sight, text: string, limit: number): Promise<string[]> {
  const types = ['identity', 'resource', 'role', 'human'] as const
  const asked = isUuid(text) ? Prisma.sql`n.id = ${text}::uuid` : has(text)
  const begins = `${text.toLowerCase().replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const rank = Prisma.sql`CASE WHEN lower(n.name) = ${text.toLowerCase()} OR n.external_id = ${text} THEN 0
    WHEN lower(n.name) LIKE ${begins} THEN 1 ELSE 2 END`
  const parts = types.map(
    (type, no) => Prisma.sql`(SELECT n.id, ${rank} AS rank, ${no}::int AS no, n.name FROM ${tableOf(type)}
      WHERE n.org_id = ${org(ctx)} AND n.deleted_at IS NULL AND ${asked} AND ${seen(ctx, sight, type)}
      ORDER BY 2, length(n.name), n.name, n.id LIMIT ${limit})`,
  )
  const rows = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT id FROM (${Prisma.join(parts, ' UNION ALL ')}) found ORDER BY rank, length(name), name, no, id LIMIT ${limit}`)
  return rows.map(({ id }) => id)
}

/** Two rows and how the one leads to the other. */
export interface EdgeKey {
  fromId: string
  toId: string
  kind: string
}
export const edgeKeyOf = ({ fromId, toId, kind }: EdgeKey) => `${kind} ${fromId} ${toId}`

export interface EdgeFacts extends EdgeKey {
  edgeId: string
  basis: string
  privilege: string | null
  condition: string | null
  notEvaluable: string | null
  lastUsedAt: Date | null
  sourceId: string
  system: string
  sourceName: string
}

const edgeFacts = Prisma.sql`e.id AS "edgeId", e.basis, e.privilege, e.condition, e.not_evaluable AS "notEvaluable",
  e.last_used_at AS "lastUsedAt", s.id AS "sourceId", s.system, s.name AS "sourceName"`

const level = Prisma.sql`coalesce(array_position(${[...privileges]}::text[], e.privilege), 0)`

const isDoubtful = Prisma.sql`(e.condition IS NOT NULL OR e.not_evaluable IS NOT NULL)`

/** For each pair of rows the edge that carries with the highest privilege; among equals a certain one, then one whose use was seen. */
export async function findCarryingEdges(ctx: Context, keys: readonly EdgeKey[]): Promise<Map<string, EdgeFacts>> {
  if (keys.length === 0) return new Map()
  const rows = await ctx.sql<EdgeFacts>(Prisma.sql`
    SELECT k.from_id AS "fromId", k.to_id AS "toId", k.kind, ${edgeFacts}
    FROM unnest(${keys.map(({ fromId }) => fromId)}::uuid[], ${keys.map(({ toId }) => toId)}::uuid[],
      ${keys.map(({ kind }) => kind)}::text[]) AS k (from_id, to_id, kind)
    CROSS JOIN LATERAL (
      SELECT e.* FROM entitlement e
      WHERE e.from_id = k.from_id AND e.to_id = k.to_id AND e.kind = k.kind AND ${carrying(ctx)}
      ORDER BY ${level} DESC, ${isDoubtful}, e.last_used_at DESC NULLS LAST, e.basis <> 'observed', e.id LIMIT 1
    ) e
    JOIN source s ON s.org_id = ${org(ctx)} AND s.id = e.source_id`)
  return new Map(rows.map((row) => [edgeKeyOf(row), row]))
}

/** For each resource and whom a secret in it belongs to: the stored credential that lives longest. `kind` is `stores`. */
export async function findStoredCredentials(
  ctx: Context,
  keys: readonly EdgeKey[],
): Promise<Map<string, EdgeFacts & { credentialId: string }>> {
  if (keys.length === 0) return new Map()
  const rows = await ctx.sql<EdgeFacts & { credentialId: string }>(Prisma.sql`
    SELECT k.from_id AS "fromId", k.to_id AS "toId", 'stores' AS kind, e.credential_id AS "credentialId", ${edgeFacts}
    FROM unnest(${keys.map(({ fromId }) => fromId)}::uuid[], ${keys.map(({ toId }) => toId)}::uuid[]) AS k (from_id, to_id)
    CROSS JOIN LATERAL (
      SELECT e.*, c.id AS credential_id FROM credential c
      JOIN entitlement e ON e.from_id = k.from_id AND e.kind = 'stores' AND e.to_id = c.id AND ${carrying(ctx)}
      WHERE c.org_id = ${org(ctx)} AND (c.identity_id = k.to_id OR c.human_id = k.to_id) AND ${lives}
      ORDER BY ${longestFirst}, ${isDoubtful}, e.id LIMIT 1
    ) e
    JOIN source s ON s.org_id = ${org(ctx)} AND s.id = e.source_id`)
  return new Map(rows.map((row) => [edgeKeyOf(row), row]))
}

export interface HeldCredential {
  id: string
  name: string
  expiresAt: Date | null
  neverExpires: boolean
  lastUsedAt: Date | null
  system: string
  /** How many the identity has in all. */
  total: number
}

/** The live credentials of an identity, the one that lives longest first; at most `limit`. */
export function listLiveCredentials(ctx: Context, identityId: string, limit: number): Promise<HeldCredential[]> {
  return ctx.sql<HeldCredential>(Prisma.sql`
    SELECT c.id, c.name, c.expires_at AS "expiresAt", c.never_expires AS "neverExpires", c.last_used_at AS "lastUsedAt", s.system,
      (count(*) OVER ())::int AS total
    FROM credential c JOIN source s ON s.org_id = ${org(ctx)} AND s.id = c.source_id
    WHERE c.org_id = ${org(ctx)} AND c.identity_id = ${identityId}::uuid AND ${lives}
    ORDER BY ${longestFirst} LIMIT ${limit}`)
}

/** The scores of identities as they were last worked out. */
export async function findScores(ctx: Context, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await ctx.sql<{ id: string; score: number }>(Prisma.sql`
    SELECT identity_id AS id, score FROM identity_score WHERE org_id = ${org(ctx)} AND identity_id = ANY(${[...ids]}::uuid[])`)
  return new Map(rows.map(({ id, score }) => [id, Math.round(score * 10) / 10]))
}

/** Names the scoring that is the last one: another one when a score may have changed. Undefined before the first. */
export async function findScoring(ctx: Context): Promise<string | undefined> {
  const [row] = await ctx.sql<{ scoring: string }>(Prisma.sql`
    SELECT version || ' ' || scored_at AS scoring FROM score_day WHERE org_id = ${org(ctx)} ORDER BY day DESC LIMIT 1`)
  return row?.scoring
}

export interface LoserFacts {
  id: string
  lastUsedAt: Date | null
  ownerLabel: string | null
}

/** When identities were last used, and who answers for them. */
export async function findLoserFacts(ctx: Context, ids: readonly string[]): Promise<Map<string, LoserFacts>> {
  const rows = await ctx.sql<LoserFacts>(Prisma.sql`
    SELECT i.id, i.last_used_at AS "lastUsedAt", l.owner_label AS "ownerLabel" FROM identity i
    LEFT JOIN identity_listing l ON l.org_id = ${org(ctx)} AND l.identity_id = i.id
    WHERE i.org_id = ${org(ctx)} AND i.id = ANY(${[...ids]}::uuid[])`)
  return new Map(rows.map((row) => [row.id, row]))
}
