import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'

export interface ScoreState {
  orgName: string
  /** The version of the graph in the database, and that of the scores; null before the first. */
  version: bigint
  scoredVersion: bigint | null
  /** The scores are of today. */
  isToday: boolean
  /** Crown jewels of which nobody has looked yet who reaches them now. */
  unseenJewels: number
}

/** How far the scores are behind the graph. */
export async function findScoreState(ctx: Context): Promise<ScoreState> {
  const org = Prisma.sql`${ctx.tenant.orgId}::uuid`
  const [row] = await ctx.sql<{
    name: string
    version: string
    scored: string | null
    today: boolean | null
    unseen: number
  }>(Prisma.sql`
    SELECT o.name, v.version::text AS version, d.version::text AS scored, d.day = current_date AS today,
      (SELECT count(*)::int FROM crown_jewel j WHERE j.org_id = ${org} AND j.seen_version IS DISTINCT FROM v.version) AS unseen
    FROM organization o
    CROSS JOIN (SELECT coalesce(sum(n), 0)::bigint AS version FROM graph_version WHERE org_id = ${org}) v
    LEFT JOIN LATERAL (SELECT version, day FROM score_day WHERE org_id = ${org} ORDER BY day DESC LIMIT 1) d ON true
    WHERE o.id = ${org}`)
  if (!row) throw new Error('there is no such organization')
  return {
    orgName: row.name,
    version: BigInt(row.version),
    scoredVersion: row.scored === null ? null : BigInt(row.scored),
    isToday: row.today === true,
    unseenJewels: row.unseen,
  }
}

/** The version of the graph that the latest scores are of. */
export async function findScoredVersion(bulk: BulkTx): Promise<bigint | null> {
  const [row] = await sqlOf(bulk)(
    `SELECT version::text AS version FROM score_day WHERE org_id = $1::uuid ORDER BY day DESC LIMIT 1`,
    [bulk.orgId],
  )
  return row === undefined ? null : BigInt(String(row.version))
}

export interface SeenJewelRow {
  id: string
  nodeId: string
  nodeType: 'identity' | 'resource'
  /** Null: nobody has looked yet who reaches it. */
  seenVersion: bigint | null
}

export function listSeenJewels(ctx: Context): Promise<SeenJewelRow[]> {
  return ctx.db.crownJewel.findMany({
    where: { orgId: ctx.tenant.orgId, unmarkedAt: null },
    select: { id: true, nodeId: true, nodeType: true, seenVersion: true },
    orderBy: { id: 'asc' },
  }) as Promise<SeenJewelRow[]>
}

/** Who reached a crown jewel when it was last looked at, by identity. */
export async function findJewelReach(
  ctx: Context,
  jewelId: string,
): Promise<Map<string, { level: number; path: unknown }>> {
  const rows = await ctx.sql<{ id: string; level: number; path: unknown }>(Prisma.sql`
    SELECT identity_id AS id, level, path FROM jewel_reach
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND jewel_id = ${jewelId}::uuid`)
  return new Map(rows.map(({ id, ...rest }) => [id, rest]))
}

export interface JewelStep {
  kind: string
  name: string
}

export interface JewelFinding {
  identityId: string
  name: string
  /** Null: it did not, or does not any more. The same before and after: by another way. */
  before: number | null
  after: number | null
  path: JewelStep[]
  /** Nobody had looked before: no change, only the beginning. */
  isFirst: boolean
}

/**
 * The events by which the graph becomes another one: those that merge records, and the organization's own keys. What people say
 * of owners, names or sensitivity changes no edge; what only ends by its date has no event.
 */
const graphEvents = [
  'import.apply',
  'connection.sync',
  'connection.delete',
  'api_key.create',
  'api_key.revoke',
] as const

/**
 * Takes what was found for who reaches it now, and adds what changed to its history: not where it is only the way that is
 * another one.
 */
export async function writeJewelFindings(
  bulk: BulkTx,
  jewelId: string,
  findings: readonly JewelFinding[],
  version: string,
): Promise<void> {
  const run = sqlOf(bulk)
  const rows = JSON.stringify(
    findings.map((finding) => ({
      identity_id: finding.identityId,
      name: finding.name,
      before: finding.before,
      after: finding.after,
      path: finding.path,
      is_first: finding.isFirst,
    })),
  )
  const given = `json_to_recordset($3::json) AS f (identity_id uuid, name text, before smallint, after smallint, path jsonb, is_first boolean)`
  await run(
    `INSERT INTO jewel_change (org_id, jewel_id, change, node_id, node_name, before, after, path, cause)
     SELECT $1::uuid, $2::uuid, CASE WHEN f.before IS NULL THEN 'gained' WHEN f.after IS NULL THEN 'lost'
         WHEN f.after > f.before THEN 'raised' ELSE 'lowered' END,
       f.identity_id, f.name, f.before, f.after, f.path,
       (SELECT max(a.seq) FROM audit_event a JOIN crown_jewel j ON j.org_id = $1::uuid AND j.id = $2::uuid
        WHERE a.org_id = $1::uuid AND a.action = ANY ('{${graphEvents.join()}}') AND a.occurred_at >= j.seen_at)
     FROM ${given} WHERE NOT f.is_first AND f.before IS DISTINCT FROM f.after`,
    [bulk.orgId, jewelId, rows],
  )
  await run(
    `MERGE INTO jewel_reach r USING (SELECT f.* FROM ${given}) f
       ON r.org_id = $1::uuid AND r.jewel_id = $2::uuid AND r.identity_id = f.identity_id
     WHEN MATCHED AND f.after IS NULL THEN DELETE
     WHEN MATCHED THEN UPDATE SET level = f.after, path = f.path
     WHEN NOT MATCHED AND f.after IS NOT NULL
       THEN INSERT (org_id, jewel_id, identity_id, level, path) VALUES ($1::uuid, $2::uuid, f.identity_id, f.after, f.path)`,
    [bulk.orgId, jewelId, rows],
  )
  await run(
    `UPDATE crown_jewel SET seen_version = $3::bigint, seen_at = now() WHERE org_id = $1::uuid AND id = $2::uuid`,
    [bulk.orgId, jewelId, version],
  )
}

/** Adds the lines of the version up when they are many; lines that somebody else adds up just now are left to them. */
export async function compactVersion(bulk: BulkTx): Promise<void> {
  await sqlOf(bulk)(
    `WITH held AS MATERIALIZED (
       SELECT line FROM graph_version WHERE org_id = $1::uuid FOR UPDATE SKIP LOCKED
     ), gone AS (
       DELETE FROM graph_version v USING held h
       WHERE v.org_id = $1::uuid AND v.line = h.line AND (SELECT count(*) FROM held) > 16 RETURNING v.n
     ) INSERT INTO graph_version (org_id, n) SELECT $1::uuid, sum(n) FROM gone HAVING count(*) > 0`,
    [bulk.orgId],
  )
}
