import type { Context } from '@/lib/platform/context'
import type { BulkTx, Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { runSql } from './store-population'

export type CampaignRow = Prisma.ReviewCampaignGetPayload<{ include: { stages: true } }>
export type TemplateRow = Prisma.ReviewTemplateGetPayload<object>

const withStages = { stages: { orderBy: { no: 'asc' } } } as const satisfies Prisma.ReviewCampaignInclude

/** @throws AppError `not_found`, also for another organization's id */
export async function findCampaign(ctx: Context, id: string): Promise<CampaignRow> {
  const row = await ctx.db.reviewCampaign.findUnique({
    where: { orgId_id: { orgId: ctx.tenant.orgId, id } },
    include: withStages,
  })
  if (!row || row.deletedAt !== null) throw new AppError('not_found', 'There is no such campaign in this organization.')
  return row
}

/** Newest first, before an id. */
export function findCampaigns(
  ctx: Context,
  where: Prisma.ReviewCampaignWhereInput,
  take: number,
  before?: string,
): Promise<CampaignRow[]> {
  return ctx.db.reviewCampaign.findMany({
    where: { AND: [where, { orgId: ctx.tenant.orgId, deletedAt: null, ...(before ? { id: { lt: before } } : {}) }] },
    include: withStages,
    orderBy: { id: 'desc' },
    take,
  })
}

const mostOpen = 500

/** @throws AppError `conflict` when there are too many that are not closed */
export async function insertCampaign(tx: Tx, row: Prisma.ReviewCampaignUncheckedCreateInput): Promise<void> {
  const open = await tx.reviewCampaign.count({ where: { orgId: row.orgId, deletedAt: null, closedAt: null } })
  if (open >= mostOpen)
    throw new AppError('conflict', `An organization has at most ${mostOpen} campaigns that are not closed.`)
  await tx.reviewCampaign.create({ data: row, select: { id: true } })
}

interface Key {
  orgId: string
  id: string
}

/** Changes a campaign in one of these states, of this version. False when it is not so any more. */
export async function moveCampaign(
  tx: Tx,
  { orgId, id }: Key,
  from: { states: readonly string[]; version?: number },
  data: Prisma.ReviewCampaignUncheckedUpdateInput,
): Promise<boolean> {
  const { count } = await tx.reviewCampaign.updateMany({
    where: {
      ...{ orgId, id, deletedAt: null, state: { in: [...from.states] } },
      ...(from.version === undefined ? {} : { version: from.version }),
    },
    data: { ...data, updatedAt: new Date() },
  })
  return count === 1
}

/** The same inside bulk work; `set` is a list of assignments. */
export async function moveCampaignBulk(
  bulk: BulkTx,
  id: string,
  states: readonly string[],
  set: Prisma.Sql,
): Promise<boolean> {
  const rows = await runSql(
    bulk,
    Prisma.sql`UPDATE review_campaign SET ${set}, updated_at = now() WHERE org_id = ${bulk.orgId}::uuid AND id = ${id}::uuid
      AND state = ANY (${states}::text[]) AND deleted_at IS NULL RETURNING id`,
  )
  return rows.length === 1
}

export const changedMeanwhile = () =>
  new AppError('conflict', 'Somebody changed this campaign in the meantime. Look again, then decide.')

// Templates

/** @throws AppError `not_found` */
export async function findTemplate(ctx: Context, id: string): Promise<TemplateRow> {
  const row = await ctx.db.reviewTemplate.findUnique({ where: { orgId_id: { orgId: ctx.tenant.orgId, id } } })
  if (!row || row.deletedAt !== null) throw new AppError('not_found', 'There is no such template in this organization.')
  return row
}

export function findTemplates(ctx: Context): Promise<TemplateRow[]> {
  return ctx.db.reviewTemplate.findMany({
    where: { orgId: ctx.tenant.orgId, deletedAt: null },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
}

const mostTemplates = 200

function sameName(error: unknown): never {
  if ((error as { code?: unknown } | null)?.code === 'P2002')
    throw new AppError('conflict', 'Another template has this name.', {
      cause: error,
      fields: { name: 'another template has this name' },
    })
  throw error
}

/** @throws AppError `conflict` for a name that another has, or when there are too many */
export async function insertTemplate(tx: Tx, row: Prisma.ReviewTemplateUncheckedCreateInput): Promise<void> {
  if ((await tx.reviewTemplate.count({ where: { orgId: row.orgId, deletedAt: null } })) >= mostTemplates)
    throw new AppError('conflict', `An organization has at most ${mostTemplates} templates. Delete one first.`)
  await tx.reviewTemplate.create({ data: row, select: { id: true } }).catch(sameName)
}

/** Changes the version that was seen. @throws AppError `conflict` */
export async function changeTemplate(
  tx: Tx,
  row: TemplateRow,
  data: Prisma.ReviewTemplateUncheckedUpdateInput,
): Promise<void> {
  const { count } = await tx.reviewTemplate
    .updateMany({
      where: { orgId: row.orgId, id: row.id, version: row.version, deletedAt: null },
      data: { ...data, version: row.version + 1, updatedAt: new Date() },
    })
    .catch(sameName)
  if (count === 0)
    throw new AppError('conflict', 'Somebody changed this template in the meantime. Look again, then decide.')
}

// What reading a campaign shows

export interface Tally {
  stage: number
  reviewerNo: number
  state: string
  decision: string
  count: number
}

/** Reviewer −1 = items with their outcome. */
export function sumTallies(ctx: Context, campaignIds: readonly string[]): Promise<(Tally & { campaignId: string })[]> {
  return ctx.sql(Prisma.sql`
    SELECT campaign_id::text AS "campaignId", stage::int, least(reviewer_no, 1) AS "reviewerNo", state, decision, sum(count)::int AS count
    FROM review_tally WHERE org_id = ${ctx.tenant.orgId}::uuid AND campaign_id = ANY (${campaignIds}::uuid[]) AND count > 0
    GROUP BY 1, 2, 3, 4, 5`)
}

export function countRemedies(ctx: Context, id: string): Promise<{ way: string; state: string; count: number }[]> {
  return ctx.sql(Prisma.sql`SELECT way, state, count(*)::int AS count FROM review_remedy
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND campaign_id = ${id}::uuid GROUP BY 1, 2`)
}

/** Those of the caller's keys under which somebody reviews in these campaigns. */
export async function findReviewerKeys(
  ctx: Context,
  campaignIds: readonly string[],
  keys: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await ctx.db.reviewReviewer.findMany({
    where: { orgId: ctx.tenant.orgId, campaignId: { in: [...campaignIds] }, key: { in: [...keys] } },
    select: { campaignId: true, key: true },
  })
  const found = new Map<string, string[]>()
  for (const { campaignId, key } of rows) found.set(campaignId, [...(found.get(campaignId) ?? []), key])
  return found
}

/** What the sources of a population were not read whole for, as sentences. */
export function findPartialSources(bulk: BulkTx): Promise<{ sourceId: string; source: string; says: string }[]> {
  const org = bulk.orgId
  return runSql(
    bulk,
    Prisma.sql`
      WITH sources AS (SELECT DISTINCT i.source_id FROM pg_temp.pop_identity x JOIN identity i ON i.org_id = ${org}::uuid AND i.id = x.identity_id)
      SELECT s.id::text AS "sourceId", s.name AS source, CASE
          WHEN r.status = 'failed' THEN 'The last time, ' || s.name || ' could not be read' || coalesce(': ' || left(r.error, 200), '.')
          WHEN r.is_partial THEN 'The last time, ' || s.name || ' was read in part only.'
          ELSE s.name || ' is being read at this moment.' END AS says
      FROM sources x JOIN source s ON s.org_id = ${org}::uuid AND s.id = x.source_id
      JOIN connection c ON c.org_id = ${org}::uuid AND c.source_id = s.id
      JOIN live_connection v ON v.org_id = ${org}::uuid AND v.connection_id = c.id AND v.deleted_at IS NULL
      CROSS JOIN LATERAL (SELECT y.status, y.is_partial, y.error FROM sync_run y
        WHERE y.org_id = ${org}::uuid AND y.live_connection_id = v.id AND y.status NOT IN ('discarded', 'cancelled') ORDER BY y.created_at DESC LIMIT 1) r
      WHERE r.status IN ('failed', 'reading', 'queued', 'applying') OR r.is_partial
      ORDER BY s.name, s.id`,
  )
}
