import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { org } from './store-graph'

export interface JewelRow {
  id: string
  nodeId: string
  nodeType: 'identity' | 'resource'
  note: string | null
  markedAt: Date
  markedByLabel: string
  /** Null: it is marked. */
  unmarkedAt: Date | null
  /** Who reached it when that was last looked at; null = not yet. */
  reachers: number | null
}

const jewels = (ctx: Context) => Prisma.sql`
  SELECT j.id, j.node_id AS "nodeId", j.node_type AS "nodeType", j.note, j.marked_at AS "markedAt",
    j.marked_by_label AS "markedByLabel", j.unmarked_at AS "unmarkedAt", CASE WHEN j.seen_version IS NOT NULL THEN (
      SELECT count(*)::int FROM jewel_reach r WHERE r.org_id = ${org(ctx)} AND r.jewel_id = j.id
    ) END AS reachers
  FROM crown_jewel j WHERE j.org_id = ${org(ctx)}`

/** The latest marked first. */
export function listJewelRows(ctx: Context): Promise<JewelRow[]> {
  return ctx.sql<JewelRow>(Prisma.sql`${jewels(ctx)} AND j.unmarked_at IS NULL ORDER BY j.marked_at DESC, j.id DESC`)
}

/** Those whose mark was taken away, the latest first; at most `limit`. */
export function listPastJewelRows(ctx: Context, limit: number): Promise<JewelRow[]> {
  return ctx.sql<JewelRow>(Prisma.sql`${jewels(ctx)} AND j.unmarked_at IS NOT NULL
    ORDER BY j.unmarked_at DESC, j.id DESC LIMIT ${limit}`)
}

/** The id of a row whose mark was taken away from this node; undefined when it never was marked, or is. */
export async function findPastJewelId(ctx: Context, nodeId: string): Promise<string | undefined> {
  const [row] = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT id FROM crown_jewel WHERE org_id = ${org(ctx)} AND node_id = ${nodeId}::uuid AND unmarked_at IS NOT NULL`)
  return row?.id
}

/** @throws AppError `not_found`, also for another organization's id */
export async function findJewel(ctx: Context, id: string): Promise<JewelRow> {
  const [row] = await ctx.sql<JewelRow>(Prisma.sql`${jewels(ctx)} AND j.id = ${id}::uuid`)
  if (!row) throw new AppError('not_found', 'There is no such crown jewel in this organization.')
  return row
}

/** False when the node is marked already. */
export async function insertJewel(
  tx: Tx,
  row: {
    orgId: string
    id: string
    nodeId: string
    nodeType: string
    note: string | null
    markedBy: string
    markedByLabel: string
  },
): Promise<boolean> {
  const { count } = await tx.crownJewel.createMany({ data: [row], skipDuplicates: true })
  return count === 1
}

/** Marks again what was marked once. False when somebody has done so already. */
export async function markJewelAgain(
  tx: Tx,
  { orgId, id, note, markedBy, markedByLabel }: Parameters<typeof insertJewel>[1],
): Promise<boolean> {
  const { count } = await tx.crownJewel.updateMany({
    where: { orgId, id, unmarkedAt: { not: null } },
    data: {
      ...{ note, markedBy, markedByLabel, markedAt: new Date(), unmarkedAt: null, unmarkedBy: null },
      ...{ seenVersion: null, seenAt: null },
    },
  })
  await tx.jewelReach.deleteMany({ where: { orgId, jewelId: id } })
  return count === 1
}

/** Takes the mark away; its changes stay, who reaches it is forgotten. False when somebody has done so already. */
export async function unmarkJewel(
  tx: Tx,
  { orgId, id, by }: { orgId: string; id: string; by: string },
): Promise<boolean> {
  const { count } = await tx.crownJewel.updateMany({
    where: { orgId, id, unmarkedAt: null },
    data: { unmarkedAt: new Date(), unmarkedBy: by, seenVersion: null, seenAt: null },
  })
  await tx.jewelReach.deleteMany({ where: { orgId, jewelId: id } })
  return count === 1
}

export interface JewelChangeRow {
  id: string
  at: Date
  change: string
  nodeId: string
  nodeName: string
  before: number | null
  after: number | null
  path: unknown
  cause: string | null
}

/** Changes of who reaches a jewel, latest first, from just before one; at most `limit`. */
export function listJewelChangeRows(
  ctx: Context,
  jewelId: string,
  before: string | null,
  limit: number,
): Promise<JewelChangeRow[]> {
  const isBefore = before === null ? Prisma.empty : Prisma.sql`AND c.id < ${before}::uuid`
  return ctx.sql<JewelChangeRow>(Prisma.sql`
    SELECT c.id, c.at, c.change, c.node_id AS "nodeId", c.node_name AS "nodeName", c.before, c.after, c.path, c.cause::text AS cause
    FROM jewel_change c WHERE c.org_id = ${org(ctx)} AND c.jewel_id = ${jewelId}::uuid ${isBefore}
    ORDER BY c.id DESC LIMIT ${limit}`)
}
