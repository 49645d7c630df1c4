import type { GrantTier } from '@/lib/grants/values'
import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { type HolderKind, mostCounted, type StandingReason } from '../values'

/** Of which state of the inventory, of the grants and of the members the lines are. */
export async function findStandingState(
  ctx: Context,
): Promise<{ seen: string; now: string; refreshedAt: Date | null }> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const [row] = await ctx.sql<{ seen: string | null; now: string; refreshedAt: Date | null }>(Prisma.sql`
    SELECT t.seen, t.refreshed_at AS "refreshedAt", concat_ws(':',
      (SELECT coalesce(sum(n), 0) FROM graph_version WHERE org_id = ${org}),
      (SELECT max(applied_at) FROM connection WHERE org_id = ${org}),
      (SELECT max(version) FROM score_day WHERE org_id = ${org}),
      (SELECT md5(string_agg(concat(id, state), ',' ORDER BY id)) FROM access_grant
        WHERE org_id = ${org} AND state IN ('activating', 'active', 'ending')),
      (SELECT md5(string_agg(concat(user_id, role, status), ',' ORDER BY user_id)) FROM membership WHERE org_id = ${org})) AS now
    FROM (SELECT) one LEFT JOIN standing_state t ON t.org_id = ${org}`)
  return { seen: row?.seen ?? '', now: row?.now ?? '', refreshedAt: row?.refreshedAt ?? null }
}

/** Sums of the places of `identity_score.cells` (sensitivity × 5 + level, from 1): how many resources are reached so. */
const anyOf = (places: readonly number[]) =>
  `(${places.map((place) => `coalesce(s.cells[${place}], 0)`).join(' + ')}) > 0`
const sensitivities = [0, 1, 2, 3, 4]
const atLevel = (level: number) => anyOf(sensitivities.map((each) => each * 5 + level + 1))
const ofClass = (sensitivity: number) => anyOf(sensitivities.map((level) => sensitivity * 5 + level + 1))

/** The same order of reasons as `tierOf` of grants; over all that is reached, and what a source does not say counts as much. */
const reasonSql = `CASE
  WHEN o.level >= 4 OR ${atLevel(4)} THEN 'admin' WHEN o.level = 3 OR ${atLevel(3)} THEN 'secret_read'
  WHEN ${ofClass(4)} THEN 'restricted'
  WHEN o.untold OR s.cells IS NULL OR ${atLevel(0)} THEN 'untold' WHEN o.level = 2 OR ${atLevel(2)} THEN 'write'
  WHEN ${ofClass(3)} THEN 'confidential' WHEN ${ofClass(0)} THEN 'unclassified'
  WHEN i.environment = 'production' THEN 'production' ELSE 'reads' END`

const tierSql = `CASE WHEN reason IN ('admin', 'secret_read', 'restricted', 'product_admin') THEN 'highest'
  WHEN reason IN ('reads', 'product_reads') THEN 'ordinary' ELSE 'high' END`

/** By weight, then by blast radius, then by how many there are. People, of whom there is no score, come first in theirs. */
const rankSql = `(CASE tier WHEN 'highest' THEN 2 WHEN 'high' THEN 1 ELSE 0 END) * 10000000 + (score * 10)::int * 1000 + least(rights, 999)`

/** What we took away is not held, whatever the inventory has of it until its source was read again. */
const lastReadOf = `coalesce((SELECT max(c.applied_at) FROM connection c WHERE c.org_id = e.org_id AND c.source_id = e.source_id), '-infinity')`

/** Rights `e` of accounts that have no end, that no open grant holds, and that none has taken away. */
const standingRight = `e.from_type = 'identity' AND e.from_id IS NOT NULL AND e.deleted_at IS NULL
  AND e.effect = 'allow' AND e.basis = 'entitlement' AND e.expires_at IS NULL AND e.kind IN ('grants', 'member_of', 'assumes')
  AND NOT EXISTS (SELECT FROM access_grant g JOIN grant_right t ON t.org_id = g.org_id AND t.grant_id = g.id
    WHERE g.org_id = e.org_id AND g.subject_id = e.from_id AND g.mode = 'provisioned' AND t.edge_kind = e.kind AND t.ref = e.to_ref
      AND (e.kind <> 'grants' OR e.scopes <@ t.scopes) AND (t.state IN ('held', 'withdrawing') OR (t.state = 'gone' AND t.gone_at > ${lastReadOf})))
  AND NOT EXISTS (SELECT FROM access_grant g JOIN grant_replacement p ON p.org_id = g.org_id AND p.grant_id = g.id
    WHERE g.org_id = e.org_id AND g.subject_id = e.from_id AND g.replaces AND p.entitlement_id = e.id
      AND (e.kind <> 'grants' OR e.scopes <@ p.scopes)
      AND (p.state = 'taken_over' AND g.state IN ('activating', 'active', 'ending') OR p.gone_at > ${lastReadOf}))`

/** Puts who holds access without an end in the place of who was there, row by row and only where something differs. */
export async function writeStanding(bulk: BulkTx, seen: string): Promise<number> {
  const run = sqlOf(bulk)
  await run(`SELECT pg_advisory_xact_lock(hashtextextended('standing:' || $1, 0))`, [bulk.orgId])
  const rows = await run(
    `WITH own AS (
       SELECT e.from_id AS id, count(*)::int AS rights, min(e.first_seen_at) AS since, max(e.last_used_at) AS last_used_at,
         max(CASE e.privilege WHEN 'admin' THEN 4 WHEN 'secret_read' THEN 3 WHEN 'write' THEN 2 WHEN 'read' THEN 1 ELSE 0 END) AS level,
         bool_or(e.kind = 'grants' AND e.privilege IS NULL) AS untold
       FROM entitlement e WHERE e.org_id = $1::uuid AND ${standingRight} GROUP BY e.from_id),
     weighed AS (
       SELECT i.id, 'identity' AS kind, ${reasonSql} AS reason, coalesce(s.score, 0) AS score, o.rights, NULL AS role, i.source_id,
         i.environment, o.since, o.last_used_at
       FROM own o JOIN identity i ON i.org_id = $1::uuid AND i.id = o.id AND i.deleted_at IS NULL AND i.status IN ('active', 'unknown')
         LEFT JOIN identity_score s ON s.org_id = $1::uuid AND s.identity_id = i.id
       UNION ALL
       SELECT m.user_id, 'user', CASE m.role WHEN 'auditor' THEN 'product_reads' WHEN 'reviewer' THEN 'product_decides' ELSE 'product_admin' END,
         100, 1, m.role, NULL, NULL, m.created_at, NULL
       FROM membership m JOIN user_account u ON u.id = m.user_id AND u.status = 'active'
       WHERE m.org_id = $1::uuid AND m.status = 'active' AND m.role <> 'member'),
     tiered AS (SELECT *, ${tierSql} AS tier FROM weighed),
     wanted AS (SELECT *, ${rankSql} AS rank FROM tiered),
     merged AS (MERGE INTO standing_holder h USING wanted n ON h.org_id = $1::uuid AND h.holder_id = n.id
       WHEN MATCHED AND (h.holder_kind, h.tier, h.reason, h.rank, h.rights, h.role, h.source_id, h.environment, h.since, h.last_used_at)
           IS DISTINCT FROM (n.kind, n.tier, n.reason, n.rank, n.rights, n.role, n.source_id, n.environment, n.since, n.last_used_at)
         THEN UPDATE SET holder_kind = n.kind, tier = n.tier, reason = n.reason, rank = n.rank, rights = n.rights, role = n.role,
           source_id = n.source_id, environment = n.environment, since = n.since, last_used_at = n.last_used_at
       WHEN NOT MATCHED THEN INSERT (org_id, holder_id, holder_kind, tier, reason, rank, rights, role, source_id, environment, since, last_used_at)
         VALUES ($1::uuid, n.id, n.kind, n.tier, n.reason, n.rank, n.rights, n.role, n.source_id, n.environment, n.since, n.last_used_at)
       WHEN NOT MATCHED BY SOURCE AND h.org_id = $1::uuid THEN DELETE
       RETURNING 1)
     SELECT count(*)::int AS n FROM merged`,
    [bulk.orgId],
  )
  await run(
    `INSERT INTO standing_state (org_id, seen, refreshed_at) VALUES ($1::uuid, $2, now())
     ON CONFLICT (org_id) DO UPDATE SET seen = excluded.seen, refreshed_at = excluded.refreshed_at`,
    [bulk.orgId, seen],
  )
  return Number(rows[0]?.n ?? 0)
}

/** Where a page ended. */
export type StandingPosition = readonly [rank: number, id: string]

export interface StandingRow {
  id: string
  kind: HolderKind
  tier: GrantTier
  reason: StandingReason
  rank: number
  rights: number
  role: string | null
  name: string
  score: number | null
  sourceId: string | null
  sourceName: string | null
  system: string | null
  environment: string | null
  owner: string | null
  since: Date
  lastUsedAt: Date | null
  replacedBy: string | null
}

export interface StandingFilter {
  tier?: GrantTier | undefined
  kind?: HolderKind | undefined
  source?: string | undefined
}

const ranges: Record<GrantTier, readonly [number, number]> = {
  ordinary: [0, 10_000_000],
  high: [10_000_000, 20_000_000],
  highest: [20_000_000, 30_000_000],
}

function conditionOf(orgId: string, { tier, kind, source }: StandingFilter): Prisma.Sql {
  const parts = [Prisma.sql`h.org_id = ${orgId}::uuid`]
  if (tier) parts.push(Prisma.sql`h.rank >= ${ranges[tier][0]}::int AND h.rank < ${ranges[tier][1]}::int`)
  if (kind) parts.push(Prisma.sql`h.holder_kind = ${kind}`)
  if (source) parts.push(Prisma.sql`h.source_id = ${source}::uuid`)
  return Prisma.join(parts, ' AND ')
}

const named = (orgId: string, holders: Prisma.Sql) => Prisma.sql`
  WITH d AS MATERIALIZED (${holders})
  SELECT d.holder_id AS id, d.holder_kind AS kind, d.tier, d.reason, d.rank, d.rights, d.role, d.source_id AS "sourceId",
    d.environment, d.since, d.last_used_at AS "lastUsedAt", coalesce(i.name, u.name, u.email, 'unknown') AS name, l.score,
    l.owner_label AS owner, s.name AS "sourceName", s.system,
    (SELECT g.id FROM access_grant g WHERE g.org_id = ${orgId}::uuid AND g.subject_id = d.holder_id AND g.replaces
      AND g.state IN ('requested', 'approved', 'activating') ORDER BY g.id DESC LIMIT 1) AS "replacedBy"
  FROM d LEFT JOIN identity i ON d.holder_kind = 'identity' AND i.org_id = ${orgId}::uuid AND i.id = d.holder_id
    LEFT JOIN identity_listing l ON l.org_id = ${orgId}::uuid AND l.identity_id = i.id
    LEFT JOIN source s ON s.org_id = ${orgId}::uuid AND s.id = d.source_id
    LEFT JOIN user_account u ON d.holder_kind = 'user' AND u.id = d.holder_id
  ORDER BY d.rank DESC, d.holder_id DESC`

/** One page of the list. The rows first, from an index alone; what they are called after that. */
export function findStanding(
  ctx: Context,
  filter: StandingFilter,
  after: StandingPosition | null,
  take: number,
): Promise<StandingRow[]> {
  const { orgId } = ctx.tenant
  const beyond = after ? Prisma.sql`AND (h.rank, h.holder_id) < (${after[0]}::int, ${after[1]}::uuid)` : Prisma.empty
  return ctx.sql<StandingRow>(
    named(
      orgId,
      Prisma.sql`SELECT h.* FROM standing_holder h WHERE ${conditionOf(orgId, filter)} ${beyond}
        ORDER BY h.rank DESC, h.holder_id DESC LIMIT ${take}`,
    ),
  )
}

export async function findHolder(ctx: Context, id: string): Promise<StandingRow | undefined> {
  const { orgId } = ctx.tenant
  const [row] = await ctx.sql<StandingRow>(
    named(
      orgId,
      Prisma.sql`SELECT h.* FROM standing_holder h WHERE h.org_id = ${orgId}::uuid AND h.holder_id = ${id}::uuid`,
    ),
  )
  return row
}

/** How many of each weight, up to a bound. */
export async function countStanding(ctx: Context, filter: StandingFilter): Promise<Record<GrantTier, number>> {
  const counts = (['highest', 'high', 'ordinary'] as const).map(
    (tier) => Prisma.sql`SELECT ${tier}::text AS tier, count(*)::int AS n FROM (
      SELECT FROM standing_holder h WHERE ${conditionOf(ctx.tenant.orgId, { ...filter, tier })} LIMIT ${mostCounted}) x`,
  )
  const rows = await ctx.sql<{ tier: GrantTier; n: number }>(Prisma.join(counts, ' UNION ALL '))
  const found = new Map(rows.map(({ tier, n }) => [tier, n]))
  return { highest: found.get('highest') ?? 0, high: found.get('high') ?? 0, ordinary: found.get('ordinary') ?? 0 }
}

/** The sources where somebody holds something without an end; by a look into an index for each source. */
export function findStandingSources(ctx: Context): Promise<{ id: string; name: string }[]> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  return ctx.sql(Prisma.sql`
    SELECT s.id, s.name AS name FROM source s WHERE s.org_id = ${org}
      AND EXISTS (SELECT FROM standing_holder h WHERE h.org_id = ${org} AND h.source_id = s.id) ORDER BY 2, 1 LIMIT 200`)
}

export interface StandingRightRow {
  entitlementId: string
  kind: string
  nodeId: string | null
  nodeType: string
  name: string
  toRef: string
  scopes: string[]
  scopeCount: number
  privilege: string | null
  condition: string | null
  firstSeenAt: Date
  lastUsedAt: Date | null
}

/** What an account holds without an end, the weightiest first. @param ids only these */
export function findStandingRights(
  ctx: Context,
  holderId: string,
  ids: readonly string[] | null = null,
  take = 200,
): Promise<StandingRightRow[]> {
  const { orgId } = ctx.tenant
  const only = ids === null ? Prisma.empty : Prisma.sql`AND e.id = ANY (${[...ids]}::uuid[])`
  return ctx.sql<StandingRightRow>(Prisma.sql`
    SELECT e.id AS "entitlementId", e.kind, e.to_id AS "nodeId", e.to_type AS "nodeType", coalesce(r.name, s.name, i.name, e.to_ref) AS name,
      e.to_ref AS "toRef", e.scopes, e.scope_count AS "scopeCount", e.privilege, e.condition, e.first_seen_at AS "firstSeenAt",
      e.last_used_at AS "lastUsedAt"
    FROM entitlement e
      LEFT JOIN role r ON e.to_type = 'role' AND r.org_id = e.org_id AND r.id = e.to_id
      LEFT JOIN resource s ON e.to_type = 'resource' AND s.org_id = e.org_id AND s.id = e.to_id
      LEFT JOIN identity i ON e.to_type = 'identity' AND i.org_id = e.org_id AND i.id = e.to_id
    WHERE e.org_id = ${orgId}::uuid AND ${Prisma.raw(standingRight)} AND e.from_id = ${holderId}::uuid ${only}
    ORDER BY array_position(ARRAY['admin', 'secret_read', 'write'], e.privilege) NULLS LAST, e.id LIMIT ${take}`)
}
