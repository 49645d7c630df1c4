import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { jewelTarget } from '../rules'
import type { CrownJewel, CrownJewels } from '../worth'
import { presentNode } from './present-steps'
import { resolveSight } from './resolve-sight'
import { askGraph } from './serve-graph'
import { findGraphNodes } from './store-graph'
import { type JewelRow, listJewelRows, listPastJewelRows } from './store-jewels'

const mostPast = 100

/**
 * What is marked as worth most, the latest first, each with how many reach it, and what was marked once.
 * @throws AppError `forbidden`
 */
export async function listCrownJewels(ctx: Context): Promise<CrownJewels> {
  await ctx.plan('list', 'crown_jewel')
  const [rows, past, [may]] = await Promise.all([
    listJewelRows(ctx),
    listPastJewelRows(ctx, mostPast),
    ctx.can(['create'], [jewelTarget({ id: '*', name: 'crown jewels' })]),
  ])
  const told = await presentJewels(ctx, [...rows, ...past])
  return { items: told.slice(0, rows.length), past: told.slice(rows.length), can: { mark: may?.create === true } }
}

/** The contract form of crown jewels. The caller must have been allowed to see them. */
export async function presentJewels(ctx: Context, rows: readonly JewelRow[]): Promise<CrownJewel[]> {
  const sight = await resolveSight(ctx)
  const nodes = await findGraphNodes(
    ctx,
    sight,
    rows.map(({ nodeId }) => nodeId),
  )
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      node: presentNode(nodes.get(row.nodeId)),
      note: row.note,
      markedAt: row.markedAt.toISOString(),
      markedBy: row.markedByLabel,
      unmarkedAt: row.unmarkedAt?.toISOString() ?? null,
      reachers: row.reachers ?? (await countReachers(ctx, row)),
    })),
  )
}

/** Asked of the graph while nobody has looked at who reaches it, which is for a moment after it was marked. */
async function countReachers(ctx: Context, { nodeId, nodeType }: JewelRow): Promise<number> {
  const page = { at: 0, limit: 1 }
  try {
    const told =
      nodeType === 'resource'
        ? await askGraph(ctx, { op: 'reachers', resourceId: nodeId, ...page })
        : await askGraph(ctx, { op: 'exposed', startId: nodeId, ...page })
    return told.answer.total
  } catch (error) {
    // What is gone from its source is not part of the graph: nobody reaches it.
    if (isAppError(error) && error.code === 'not_found') return 0
    throw error
  }
}
