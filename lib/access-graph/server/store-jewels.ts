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
  /** Who reached it when that was last looked at; null = not yet. */
  reachers: number | null
}

const jewels = (ctx: Context) => Prisma.sql`
  SELECT j.id, j.node_id AS "nodeId", j.node_type AS "nodeType", j.note, j.marked_at AS "markedAt",
    j.marked_by_label AS "markedByLabel", CASE WHEN j.seen_version IS NOT NULL THEN (
      SELECT count(*)::int FROM jewel_reach r WHERE r.org_id = ${org(ctx)} AND r.jewel_id = j.id
    ) END AS reachers
  FROM crown_jewel j WHERE j.org_id = ${org(ctx)}`

/** The latest marked first. */
export function listJewelRows(ctx: Context): Promise<JewelRow[]> {
  return ctx.sql<JewelRow>(Prisma.sql`${jewels(ctx)} ORDER BY j.marked_at DESC, j.id DESC`)
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

/** False when somebody has taken the mark away already. */
export async function removeJewel(tx: Tx, key: { orgId: string; id: string }): Promise<boolean> {
  const { count } = await tx.crownJewel.deleteMany({ where: key })
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
