import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { JewelChangesQuery } from '../filters'
import { jewelTarget } from '../rules'
import { levels } from '../score'
import { JewelChanges } from '../worth'
import { presentJewels } from './list-crown-jewels'
import { presentNode } from './present-steps'
import { resolveSight } from './resolve-sight'
import { findGraphNodes } from './store-graph'
import { findJewel, type JewelChangeRow, listJewelChangeRows } from './store-jewels'

const Position = z.tuple([z.uuid()])
const pageLength = 50

/**
 * A page of the changes of who reaches a crown jewel, latest first, with the path that came or went as it was then.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for a foreign cursor
 */
export async function listJewelChanges(
  ctx: Context,
  { id, cursor, limit = pageLength }: Partial<JewelChangesQuery> & { id: string },
): Promise<JewelChanges> {
  const row = await findJewel(ctx, id)
  await ctx.authorize('read', jewelTarget({ id, name: row.nodeId }))
  const list = `jewel-changes:${id}:${ctx.tenant.orgId}`
  const [before] = cursor === undefined ? [null] : decodeCursor(list, cursor, Position)
  const [found, sight] = await Promise.all([listJewelChangeRows(ctx, id, before, limit + 1), resolveSight(ctx)])
  const shown = found.slice(0, limit)
  const [nodes, [jewel]] = await Promise.all([
    findGraphNodes(
      ctx,
      sight,
      shown.map(({ nodeId }) => nodeId),
    ),
    presentJewels(ctx, [row]),
  ])
  const last = shown.at(-1)
  return JewelChanges.parse({
    jewel,
    items: shown.map((change) => ({
      id: change.id,
      at: change.at.toISOString(),
      change: change.change,
      node: nodes.has(change.nodeId) ? presentNode(nodes.get(change.nodeId)) : goneIdentity(change),
      before: levelOf(change.before),
      after: levelOf(change.after),
      path: change.path,
      cause: change.cause,
    })),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.id]) : null,
  })
}

/** Null where nothing was held; becoming an identity has no level either. */
function levelOf(level: number | null) {
  return level === null ? null : (levels[level - 1] ?? null)
}

function goneIdentity({ nodeName }: JewelChangeRow) {
  return { type: 'identity' as const, id: null, name: nodeName, externalId: '', kind: null }
}
