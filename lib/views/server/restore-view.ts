import type { Context } from '@/lib/platform/context'
import { viewTarget } from '../rules'
import { type View, ViewPath } from '../schema'
import { assertRoom, nameTaken } from './create-view'
import { presentView } from './get-view'
import { findView, reviveView } from './store'

/**
 * Takes the deletion of a view back: it is again what it was, under the same id. Whoever may delete it may do that.
 * One that is not deleted is left as it is.
 * @throws AppError `conflict` when its name was taken since
 */
export async function restoreView(ctx: Context, given: ViewPath): Promise<View> {
  const { id } = ViewPath.parse(given)
  const row = await findView(ctx, id, true)
  const target = viewTarget(row)
  const permit = await ctx.authorize('delete', target)
  if (row.deletedAt === null) return presentView(ctx, row)
  await assertRoom(ctx, row.authorId, 1)
  const after = { list: row.list, name: row.name, query: row.query, isShared: row.isShared }
  await ctx.commit(permit, { action: 'view.restore', target, after }, async (tx) => {
    if (!(await reviveView(tx, { orgId: row.orgId, id }))) throw nameTaken(row.name)
  })
  return presentView(ctx, await findView(ctx, id))
}
