import type { Context } from '@/lib/platform/context'
import { isSameQuery } from '../address'
import { readQuery } from '../filters'
import { viewTarget } from '../rules'
import { UpdateViewInput, type View, ViewedList } from '../schema'
import { checkedQuery, nameTaken } from './create-view'
import { presentView } from './get-view'
import { findView, writeView } from './store'

/**
 * Renames a view, changes what it shows, shares it or takes it back. Shared ones are changed by their author and by
 * administrators.
 * @throws AppError `invalid_input` for parameters that the list does not know; `conflict` when the name is taken
 */
export async function updateView(ctx: Context, given: UpdateViewInput): Promise<View> {
  const input = UpdateViewInput.parse(given)
  const row = await findView(ctx, input.id)
  const target = viewTarget(row)
  const permit = await ctx.authorize('update', target)
  const list = ViewedList.parse(row.list)
  const before = {
    name: row.name,
    query: readQuery(list, row.query as Record<string, string>).query,
    isShared: row.isShared,
  }
  const next = {
    name: input.name ?? before.name,
    query: input.query ? checkedQuery(list, input.query) : before.query,
    isShared: input.isShared ?? before.isShared,
  }
  if (next.isShared) await ctx.authorize('share', target)
  const isSame = next.name === before.name && next.isShared === before.isShared && isSameQuery(next.query, before.query)
  if (isSame) return presentView(ctx, row)
  await ctx.commit(permit, { action: 'view.update', target, before, after: next }, async (tx) => {
    if (!(await writeView(tx, { orgId: row.orgId, id: row.id }, next))) throw nameTaken(next.name)
  })
  return presentView(ctx, await findView(ctx, row.id))
}
