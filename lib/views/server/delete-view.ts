import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { viewTarget } from '../rules'
import { ViewPath } from '../schema'
import { findView, removeView } from './store'

/** Deletes a view; `restoreView` takes it back. Links to it say meanwhile that there is none. */
export async function deleteView(ctx: Context, given: ViewPath): Promise<void> {
  const { id } = ViewPath.parse(given)
  const row = await findView(ctx, id)
  const target = viewTarget(row)
  const permit = await ctx.authorize('delete', target)
  const before = { list: row.list, name: row.name, query: row.query, isShared: row.isShared }
  await ctx.commit(permit, { action: 'view.delete', target, before }, async (tx) => {
    const removed = await removeView(tx, { orgId: row.orgId, id })
    if (!removed) throw new AppError('conflict', 'Somebody else deleted this view a moment ago.')
  })
}
