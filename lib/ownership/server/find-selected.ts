import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { targetRows } from './store'

/**
 * The identities of a selection that the caller made, at most so many; `count` is how many it has.
 * @throws AppError `not_found` when it is not the caller's, or no longer kept
 */
export async function findSelected(
  ctx: Context,
  selectionId: string,
  most: number,
): Promise<{ ids: string[]; count: number }> {
  const { rows, count } = await targetRows(ctx, { selectionId })
  const found = await ctx.sql<{ id: string }>(Prisma.sql`SELECT s.id FROM (${rows}) s ORDER BY s.id LIMIT ${most}`)
  return { ids: found.map(({ id }) => id), count }
}
