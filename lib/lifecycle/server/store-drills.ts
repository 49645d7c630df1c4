import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'

export type DrillRow = Prisma.DrillPlanGetPayload<object>
export type DrillRunRow = Prisma.LifecycleRunGetPayload<object>

/** @throws AppError `not_found` */
export async function findDrill(ctx: Context, id: string): Promise<DrillRow> {
  const row = await ctx.db.drillPlan.findFirst({ where: { orgId: ctx.tenant.orgId, id, deletedAt: null } })
  if (!row) throw new AppError('not_found', 'There is no such drill in this organization.')
  return row
}

/** So many drills an organization may have. */
export const mostDrills = 200

export function findDrills(ctx: Context): Promise<DrillRow[]> {
  return ctx.db.drillPlan.findMany({
    where: { orgId: ctx.tenant.orgId, deletedAt: null },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: mostDrills,
  })
}

/** Of each drill its latest runs, the newest first. */
export async function findDrillRuns(
  ctx: Context,
  planIds: readonly string[],
  each: number,
): Promise<Map<string, DrillRunRow[]>> {
  if (planIds.length === 0) return new Map()
  const { orgId } = ctx.tenant
  const ids = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT r.id FROM unnest(${[...planIds]}::uuid[]) p(id) CROSS JOIN LATERAL (
      SELECT id FROM lifecycle_run WHERE org_id = ${orgId}::uuid AND drill_plan_id = p.id ORDER BY id DESC LIMIT ${each}) r`)
  const rows = await ctx.db.lifecycleRun.findMany({
    where: { orgId, id: { in: ids.map(({ id }) => id) } },
    orderBy: { id: 'desc' },
  })
  return new Map(planIds.map((id) => [id, rows.filter(({ drillPlanId }) => drillPlanId === id)]))
}

/** The run before one, of the same drill on the same account, that came to a result. */
export function findRunBefore(ctx: Context, run: { id: string; drillPlanId: string | null; identityId: string }) {
  return ctx.db.lifecycleRun.findFirst({
    where: {
      ...{ orgId: ctx.tenant.orgId, drillPlanId: run.drillPlanId, identityId: run.identityId, state: 'done' },
      id: { lt: run.id },
    },
    orderBy: { id: 'desc' },
    select: { id: true, createdAt: true, result: true },
  })
}

/** All tries of one run, in the order of time. */
export function findAllProbes(
  db: { lifecycleProbe: Pick<Tx['lifecycleProbe'], 'findMany'> },
  key: { orgId: string; runId: string },
) {
  return db.lifecycleProbe.findMany({ where: key, orderBy: [{ at: 'asc' }, { id: 'asc' }], take: 20_000 })
}

export async function insertDrill(tx: Tx, data: Prisma.DrillPlanUncheckedCreateInput): Promise<void> {
  await tx.drillPlan.create({ data, select: { id: true } }).catch(nameTaken)
}

/** False when it was deleted meanwhile. */
export async function changeDrill(
  tx: Tx,
  key: { orgId: string; id: string },
  data: Prisma.DrillPlanUncheckedUpdateManyInput,
  where: Prisma.DrillPlanWhereInput = {},
): Promise<boolean> {
  const changed = await tx.drillPlan
    .updateMany({ where: { AND: [{ ...key, deletedAt: null }, where] }, data: { ...data, updatedAt: new Date() } })
    .catch(nameTaken)
  return changed.count > 0
}

function nameTaken(error: unknown): never {
  if ((error as { code?: unknown } | null)?.code === 'P2002')
    throw new AppError('conflict', 'Another drill has this name.', { cause: error })
  throw error
}

/** Drills that are due to begin by themselves. */
export async function findDueDrills(ctx: Context, now: Date): Promise<DrillRow[]> {
  return ctx.db.drillPlan.findMany({
    where: { orgId: ctx.tenant.orgId, deletedAt: null, nextAt: { lte: now } },
    orderBy: { nextAt: 'asc' },
    take: 20,
  })
}

export async function findIdentityNames(ctx: Context, ids: readonly string[]) {
  const rows = await ctx.db.identity.findMany({
    where: { orgId: ctx.tenant.orgId, id: { in: [...new Set(ids)] } },
    select: { id: true, name: true, externalId: true, sourceId: true, deletedAt: true },
  })
  return new Map(rows.map((row) => [row.id, row]))
}

/** The accounts that a connection reads: those first that were drilled longest ago, of these the widest first. */
export async function findCohort(ctx: Context, connectionId: string, take: number): Promise<string[]> {
  const { orgId } = ctx.tenant
  const rows = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT l.identity_id AS id FROM live_connection c
    JOIN connection s ON s.org_id = c.org_id AND s.id = c.connection_id
    JOIN identity_listing l ON l.org_id = s.org_id AND l.source_id = s.source_id
    JOIN identity i ON i.org_id = l.org_id AND i.id = l.identity_id
    LEFT JOIN LATERAL (SELECT max(r.ended_at) AS at FROM lifecycle_run r
      WHERE r.org_id = l.org_id AND r.identity_id = l.identity_id AND r.kind = 'drill' AND r.state = 'done') d ON true
    WHERE c.org_id = ${orgId}::uuid AND c.id = ${connectionId}::uuid AND c.deleted_at IS NULL
      AND l.status = 'active' AND i.deleted_at IS NULL
    ORDER BY d.at NULLS FIRST, l.score DESC NULLS LAST, l.identity_id LIMIT ${take}`)
  return rows.map(({ id }) => id)
}

export interface CoverageRow {
  id: string
  name: string
  system: string
  score: number
  liveId: string | null
  liveName: string | null
  lastAt: Date | null
}

const measured = Prisma.sql`r.state = 'done' AND r.result->>'verdict' IN ('cut', 'late', 'leaked')`

/** How many identities reach that far, and of how many of them the end of access was measured since. */
export async function countCoverage(ctx: Context, fromScore: number, since: Date) {
  const { orgId } = ctx.tenant
  const [row] = await ctx.sql<{ total: number; drilled: number }>(Prisma.sql`
    SELECT count(*)::int AS total, count(*) FILTER (WHERE EXISTS (SELECT FROM lifecycle_run r
        WHERE r.org_id = l.org_id AND r.identity_id = l.identity_id AND r.kind = 'drill' AND r.ended_at >= ${since} AND ${measured}))::int AS drilled
    FROM identity_listing l JOIN identity i ON i.org_id = l.org_id AND i.id = l.identity_id
    WHERE l.org_id = ${orgId}::uuid AND l.score >= ${fromScore} AND l.status IN ('active', 'unknown') AND i.deleted_at IS NULL`)
  return { total: row?.total ?? 0, drilled: row?.drilled ?? 0 }
}

/** Those of which it was not, the widest first. */
export function findUncovered(ctx: Context, fromScore: number, since: Date, take: number) {
  const { orgId } = ctx.tenant
  return ctx.sql<CoverageRow>(Prisma.sql`
    SELECT l.identity_id AS id, i.name, s.system, l.score, c.id AS "liveId", c.name AS "liveName", d.at AS "lastAt"
    FROM identity_listing l
    JOIN identity i ON i.org_id = l.org_id AND i.id = l.identity_id
    JOIN source s ON s.org_id = l.org_id AND s.id = l.source_id
    LEFT JOIN LATERAL (SELECT v.id, v.name FROM live_connection v JOIN connection o ON o.org_id = v.org_id AND o.id = v.connection_id
      WHERE v.org_id = l.org_id AND o.source_id = l.source_id AND v.deleted_at IS NULL ORDER BY v.created_at LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT max(r.ended_at) AS at FROM lifecycle_run r
      WHERE r.org_id = l.org_id AND r.identity_id = l.identity_id AND r.kind = 'drill' AND ${measured}) d ON true
    WHERE l.org_id = ${orgId}::uuid AND l.score >= ${fromScore} AND l.status IN ('active', 'unknown') AND i.deleted_at IS NULL
      AND (d.at IS NULL OR d.at < ${since})
    ORDER BY (c.id IS NULL), l.score DESC, l.identity_id LIMIT ${take}`)
}

export interface MeasuredRow {
  connector: string
  credentialType: string
  kind: string
  /** Null = it leaked. */
  seconds: number | null
  at: Date
}

/** What was measured since: by drills, and by revocations after which a login was tried and refused. */
export function findMeasured(ctx: Context, since: Date, connector: string | null) {
  const { orgId } = ctx.tenant
  const only = connector === null ? Prisma.empty : Prisma.sql`AND r.connector = ${connector}`
  return ctx.sql<MeasuredRow>(Prisma.sql`
    SELECT * FROM ((SELECT r.connector, r.plan->>'secretSubject' AS "credentialType", r.kind,
       CASE WHEN r.result->>'verdict' = 'leaked' THEN NULL ELSE (r.result->>'seconds')::float8 END AS seconds, r.ended_at AS at
     FROM lifecycle_run r WHERE r.org_id = ${orgId}::uuid AND r.kind = 'drill' AND r.ended_at >= ${since} AND ${measured} ${only}
     ORDER BY r.ended_at DESC LIMIT 5000)
    UNION ALL
    (SELECT r.connector, r.plan->>'secretSubject', r.kind, extract(epoch FROM r.verified_at - r.first_act_at)::float8, r.verified_at
     FROM lifecycle_run r WHERE r.org_id = ${orgId}::uuid AND r.kind = 'revocation' AND r.verified_at >= ${since} AND r.first_act_at IS NOT NULL ${only}
       AND EXISTS (SELECT FROM lifecycle_probe p WHERE p.org_id = r.org_id AND p.run_id = r.id AND p.hop = 'source'
         AND p.evidence = 'login' AND p.answer = 'refused' AND p.at <= r.verified_at)
     ORDER BY r.verified_at DESC LIMIT 5000)) m`)
}

/** The system of an identity and the types of its live credentials. */
export async function findDrilledIdentity(
  ctx: Context,
  id: string,
): Promise<{ system: string; types: string[] } | null> {
  const row = await ctx.db.identity.findFirst({
    where: { orgId: ctx.tenant.orgId, id },
    select: {
      source: { select: { system: true } },
      credentials: {
        where: { deletedAt: null, status: { not: 'disabled' } },
        distinct: ['type'],
        select: { type: true },
        orderBy: { type: 'asc' },
      },
    },
  })
  return row && { system: row.source.system, types: row.credentials.map(({ type }) => type) }
}

/** The runs of drills that were asked for in a time, newest first. Their ids are in the order of time, so no index of its own is needed. */
export function findDrillRunsWithin(ctx: Context, from: Date, until: Date, take: number): Promise<DrillRunRow[]> {
  const stamp = from.getTime().toString(16).padStart(12, '0')
  return ctx.db.lifecycleRun.findMany({
    where: {
      ...{ orgId: ctx.tenant.orgId, drillPlanId: { not: null }, createdAt: { gte: from, lte: until } },
      id: { gte: `${stamp.slice(0, 8)}-${stamp.slice(8)}-7000-8000-000000000000` },
    },
    orderBy: { id: 'desc' },
    take,
  })
}
