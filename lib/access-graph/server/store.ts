import { privileges, sensitivities } from '@/lib/connectors/contract'
import type { Context } from '@/lib/platform/context'
import type { Reader } from '@/lib/platform/db/client'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { becomingKinds, hopKinds } from '../rules'

const edgeColumns = Prisma.sql`e.id, e.kind, e.from_id AS "fromId", e.from_type AS "fromType", e.from_ref AS "fromRef",
  e.to_type AS "toType", e.to_id AS "toId", e.to_ref AS "toRef", e.effect, e.privilege, e.scopes,
  e.scope_count AS "scopeCount", e.condition, e.not_evaluable AS "notEvaluable", e.expires_at AS "expiresAt",
  e.last_used_at AS "lastUsedAt", e.basis, e.source_id AS "sourceId", e.external_id AS "externalId",
  e.first_seen_at AS "firstSeenAt"`

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
  sourceId: string
  externalId: string
  firstSeenAt: Date
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

export interface GrantFilter {
  /** Whatever holds a grant. */
  holderIds: readonly string[]
  text?: string | undefined
  /** With a text: the holders whose way has it. */
  namedIds: readonly string[]
  privileges?: readonly string[] | undefined
  grantId?: string | undefined
}

/** Where a page of grants ended: the two ranks below zero, so that all parts ascend, the name and the id. */
export type GrantPosition = readonly [rank: number, weight: number, name: string, id: string]

export type GrantRow = EdgeRow & { rank: number; weight: number; name: string }

const grantRank = Prisma.sql`-coalesce(array_position(${[...privileges]}::text[], e.privilege), 0)`
const grantWeight = Prisma.sql`-coalesce(array_position(${[...sensitivities]}::text[], t.effective_sensitivity), 0)`
const grantName = Prisma.sql`lower(coalesce(t.name, e.to_ref)) COLLATE "C"`

function grantsOf(ctx: Context, { holderIds, grantId }: GrantFilter) {
  const only = grantId ? Prisma.sql`AND e.id = ${grantId}::uuid` : Prisma.empty
  return Prisma.sql`entitlement e LEFT JOIN resource t ON t.org_id = ${ctx.tenant.orgId}::uuid AND t.id = e.to_id
    WHERE e.org_id = ${ctx.tenant.orgId}::uuid AND e.from_id = ANY(${[...holderIds]}::uuid[]) AND e.kind = 'grants' AND ${live} ${only}`
}

function hasText({ text, namedIds }: GrantFilter) {
  if (text === undefined) return Prisma.sql`true`
  const has = (column: Prisma.Sql) => Prisma.sql`strpos(lower(${column}), lower(${text})) > 0`
  return Prisma.sql`(${has(Prisma.sql`coalesce(t.name, '')`)} OR ${has(Prisma.sql`coalesce(t.external_id, e.to_ref)`)}
    OR ${has(Prisma.sql`array_to_string(e.scopes, ' ')`)} OR e.from_id = ANY(${[...namedIds]}::uuid[]))`
}

/** A page of what these nodes hold, highest privilege first, then the most sensitive, then by name. */
export function listGrantRows(
  ctx: Context,
  filter: GrantFilter,
  { after, limit }: { after: GrantPosition | null; limit: number },
): Promise<GrantRow[]> {
  const { privileges: wanted } = filter
  const isWanted = wanted ? Prisma.sql`AND e.privilege = ANY(${[...wanted]}::text[])` : Prisma.empty
  const isAfter = after
    ? Prisma.sql`AND (${grantRank}, ${grantWeight}, ${grantName}, e.id) > (${after[0]}::int, ${after[1]}::int, ${after[2]}::text COLLATE "C", ${after[3]}::uuid)`
    : Prisma.empty
  return ctx.sql<GrantRow>(Prisma.sql`
    SELECT ${edgeColumns}, ${grantRank} AS rank, ${grantWeight} AS weight, ${grantName} AS name
    FROM ${grantsOf(ctx, filter)} AND ${hasText(filter)} ${isWanted} ${isAfter}
    ORDER BY rank, weight, name, e.id LIMIT ${limit}`)
}

/** How many grants there are by privilege: all of them, and those that have the text. */
export function countGrants(
  ctx: Context,
  filter: GrantFilter,
): Promise<{ privilege: string | null; all: number; matching: number }[]> {
  return ctx.sql(Prisma.sql`
    SELECT e.privilege, count(*)::int AS all, (count(*) FILTER (WHERE ${hasText(filter)}))::int AS matching
    FROM ${grantsOf(ctx, filter)} GROUP BY e.privilege`)
}

/** The edges by which others become this identity in one step; at most `limit`. */
export function listBecomingRows(ctx: Context, identityId: string, limit: number): Promise<EdgeRow[]> {
  return ctx.db.$queryRaw<EdgeRow[]>`
    SELECT ${edgeColumns} FROM entitlement e
    WHERE e.org_id = ${ctx.tenant.orgId}::uuid AND e.to_id = ${identityId}::uuid AND e.kind = ANY(${[...becomingKinds]})
      AND ${live}
    ORDER BY e.effect, e.kind, e.from_id IS NULL, e.from_ref LIMIT ${limit}`
}

export async function countBecoming(ctx: Context, identityId: string): Promise<number> {
  const [row] = await ctx.db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM entitlement e
    WHERE e.org_id = ${ctx.tenant.orgId}::uuid AND e.to_id = ${identityId}::uuid AND e.kind = ANY(${[...becomingKinds]})
      AND ${live}`
  return row?.n ?? 0
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
    UNION ALL SELECT 'resource', id, name, external_id, kind, environment, effective_sensitivity
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

/** How many of these resources have each value of a column. */
export async function countResourcesBy(
  db: Reader,
  where: Prisma.ResourceWhereInput,
  column: 'kind' | 'sourceId' | 'effectiveSensitivity',
): Promise<{ value: string | null; count: number }[]> {
  const groups = await db.resource.groupBy({ by: [column], where, _count: { _all: true } })
  return groups.map((group) => ({ value: group[column] ?? null, count: group._count._all }))
}

/** The system of each source. */
export async function listSourceSystems(db: Reader): Promise<Map<string, string>> {
  const sources = await db.source.findMany({ select: { id: true, system: true } })
  return new Map(sources.map(({ id, system }) => [id, system]))
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

export interface SightingRow {
  id: string
  name: string
  place: string
  fingerprint: string | null
  lastFour: string | null
  credentialType: string | null
  validity: string | null
  seenSince: Date | null
  attributes: unknown
  aboutType: string | null
  aboutRef: string | null
  firstSeenAt: Date
  updatedAt: Date
  deletedAt: Date | null
  sourceId: string
  sourceSystem: string
  sourceName: string
  credentialId: string | null
  credentialName: string | null
  identityId: string | null
  identityName: string | null
}

interface SightingWish {
  fingerprints: readonly string[]
  /** Public ids of credentials. */
  refs: readonly string[]
  ids: readonly string[]
  /** Identities that may hold secrets in some place. */
  holders?: readonly string[]
}

/**
 * Where secrets with these fingerprints or public ids were seen, or what these identities hold there, latest first, each with the credential that the catalogue
 * knows of the same secret: by its fingerprint, else that of the given `ids` with its public id; one that is there before
 * one that is gone.
 */
export function findSightings(ctx: Context, { fingerprints, refs, ids, holders = [] }: SightingWish, most: number) {
  const { orgId } = ctx.tenant
  return ctx.sql<SightingRow>(Prisma.sql`
    WITH seen AS MATERIALIZED (
      SELECT * FROM sighting s WHERE s.org_id = ${orgId}::uuid AND s.fingerprint = ANY(${[...fingerprints]}::text[])
      UNION SELECT * FROM sighting s WHERE s.org_id = ${orgId}::uuid AND s.about_ref = ANY(${[...refs]}::text[])
        AND s.about_type = 'credential'
      UNION SELECT s.* FROM identity h JOIN sighting s ON s.org_id = ${orgId}::uuid AND s.about_ref = h.external_id
        AND s.about_type = 'identity' AND (s.source_id = h.source_id OR NOT EXISTS (SELECT FROM identity o
          WHERE o.org_id = ${orgId}::uuid AND o.source_id = s.source_id AND o.external_id = s.about_ref))
        WHERE h.org_id = ${orgId}::uuid AND h.id = ANY(${[...holders]}::uuid[])
      ORDER BY updated_at DESC, id LIMIT ${most}
    )
    SELECT s.id, s.name, s.place, s.fingerprint, s.last_four AS "lastFour", s.credential_type AS "credentialType", s.validity,
      s.seen_since AS "seenSince", s.attributes, s.about_type AS "aboutType", s.about_ref AS "aboutRef",
      s.first_seen_at AS "firstSeenAt", s.updated_at AS "updatedAt", s.deleted_at AS "deletedAt",
      o.id AS "sourceId", o.system AS "sourceSystem", o.name AS "sourceName",
      c.id AS "credentialId", c.name AS "credentialName", c.identity_id AS "identityId", i.name AS "identityName"
    FROM seen s
    JOIN source o ON o.org_id = ${orgId}::uuid AND o.id = s.source_id
    LEFT JOIN LATERAL (
      SELECT c.id, c.name, c.identity_id FROM (
        SELECT c.*, 0 AS way FROM credential c WHERE c.org_id = ${orgId}::uuid AND c.fingerprint = s.fingerprint
        UNION ALL SELECT c.*, 1 FROM credential c WHERE c.org_id = ${orgId}::uuid AND c.id = ANY(${[...ids]}::uuid[])
          AND c.external_id = s.about_ref AND s.about_type = 'credential'
      ) c ORDER BY c.way, c.deleted_at IS NOT NULL, c.id LIMIT 1
    ) c ON true
    LEFT JOIN identity i ON i.org_id = ${orgId}::uuid AND i.id = c.identity_id
    ORDER BY s.updated_at DESC, s.id`)
}

/** The resources that keep each credential, by name, at most `most` of each, with how many there are. */
export function findStores(ctx: Context, credentialIds: readonly string[], most: number) {
  const { orgId } = ctx.tenant
  return ctx.sql<{
    credentialId: string
    id: string
    name: string
    kind: string
    environment: string | null
    count: number
  }>(
    Prisma.sql`
    SELECT * FROM (
      SELECT e.to_id AS "credentialId", t.id, t.name, t.kind, t.environment,
        (count(*) OVER (PARTITION BY e.to_id))::int AS count,
        row_number() OVER (PARTITION BY e.to_id ORDER BY lower(t.name), t.id) AS no
      FROM (SELECT DISTINCT to_id, from_id FROM entitlement e WHERE e.org_id = ${orgId}::uuid AND e.kind = 'stores'
        AND e.to_id = ANY(${[...credentialIds]}::uuid[]) AND ${live}) e
      JOIN resource t ON t.org_id = ${orgId}::uuid AND t.id = e.from_id AND t.deleted_at IS NULL
    ) found WHERE no <= ${most} ORDER BY "credentialId", no`,
  )
}

export const exportedTables = ['identity', 'human', 'role', 'resource', 'credential'] as const
export type ExportedTable = (typeof exportedTables)[number]

/** A row as the database has it: names of columns in snake case, with its source's system, instance and name. */
export type ExportRow = Record<string, unknown> & { id: string }

const exportColumns: Record<ExportedTable | 'entitlement', string> = {
  identity:
    'kind, name, description, environment, status, issued_at, last_used_at, never_used, tags, attributes, owner_hints',
  human: 'name, email, reason',
  role: 'kind, name, description, attributes',
  resource: 'kind, name, environment, sensitivity, attributes',
  credential:
    'type, name, status, subject_type, subject_ref, fingerprint, last_four, issued_at, expires_at, never_expires, last_used_at, never_used, rotated_at, attributes',
  entitlement:
    'kind, from_type, from_ref, from_global, from_id, to_type, to_ref, to_global, to_id, effect, scopes, scope_count, privilege, condition, not_evaluable, expires_at, last_used_at, basis',
}

const beforeAll = '00000000-0000-0000-0000-000000000000'

/** The live rows of a table by id, after one, all or only some; nothing is held in the database between two pages. */
export function listExportRows(
  ctx: Context,
  table: ExportedTable | 'entitlement',
  after: string | undefined,
  limit: number,
  onlyIds?: readonly string[],
): Promise<ExportRow[]> {
  const isOne = onlyIds ? Prisma.sql`AND t.id = ANY(${[...onlyIds]}::uuid[])` : Prisma.empty
  const named = exportColumns[table].split(', ').map((name) => `t.${name}`)
  const from = Prisma.raw(
    `t.id, t.external_id, ${named.join(', ')}, s.system, s.instance, s.name AS instance_name FROM ${table} t`,
  )
  return ctx.sql<ExportRow>(Prisma.sql`
    SELECT ${from} JOIN source s ON s.org_id = ${ctx.tenant.orgId}::uuid AND s.id = t.source_id
    WHERE t.org_id = ${ctx.tenant.orgId}::uuid AND t.deleted_at IS NULL AND t.id > ${after ?? beforeAll}::uuid ${isOne}
    ORDER BY t.id LIMIT ${limit}`)
}

/** Credentials with the live row that they authenticate, by id, after one. */
export function listHolderRows(ctx: Context, after: string | undefined, limit: number): Promise<ExportRow[]> {
  return ctx.sql<ExportRow>(Prisma.sql`
    SELECT c.id, coalesce(c.identity_id, c.human_id) AS holder FROM credential c
    WHERE c.org_id = ${ctx.tenant.orgId}::uuid AND c.deleted_at IS NULL AND c.id > ${after ?? beforeAll}::uuid
      AND coalesce(c.identity_id, c.human_id) IS NOT NULL
    ORDER BY c.id LIMIT ${limit}`)
}

export interface OpenEndRow {
  type: string
  ref: string
}

/** What live edges name and no source defines, each once, in order, after one. */
export function listOpenEndRows(ctx: Context, after: OpenEndRow | undefined, limit: number): Promise<OpenEndRow[]> {
  const { orgId } = ctx.tenant
  const end = (name: 'from' | 'to') => {
    const [type, ref, id] = ['type', 'ref', 'id'].map((part) => Prisma.raw(`e.${name}_${part}`))
    return Prisma.sql`SELECT ${type} AS type, ${ref} COLLATE "C" AS ref FROM entitlement e
      WHERE e.org_id = ${orgId}::uuid AND e.deleted_at IS NULL AND ${id} IS NULL`
  }
  return ctx.sql<OpenEndRow>(Prisma.sql`
    SELECT type, ref FROM (${end('from')} UNION ${end('to')}) open
    WHERE (type, ref) > (${after?.type ?? ''}::text, ${after?.ref ?? ''}::text COLLATE "C") ORDER BY type, ref LIMIT ${limit}`)
}
