import type { Context } from '@/lib/platform/context'
import { builtInViews, personOf, sortViews, viewTarget } from '../rules'
import type { ViewList } from '../schema'
import { presentBuiltIn, presentViews } from './get-view'
import { listPreferences, listViewRows } from './store'

/**
 * The views of both lists that the caller may open: their own, shared ones, and those of the product, in their order.
 * @throws AppError `forbidden` when the caller may see none
 */
export async function listViews(ctx: Context): Promise<ViewList> {
  const { where } = await ctx.plan('list', 'view')
  const person = personOf(ctx.actor)
  const [rows, preferences, can] = await Promise.all([
    listViewRows(ctx.db, where),
    listPreferences(ctx.db, person),
    ctx.can(['create', 'share'], [viewTarget({ id: '*', name: 'a new view', authorId: person, isShared: false })]),
  ])
  const defaults = new Set(preferences.flatMap(({ defaultView }) => defaultView ?? []))
  const saved = await presentViews(ctx, rows, defaults)
  const views = [...saved, ...builtInViews.map((view) => presentBuiltIn(view, defaults))]
  return {
    items: sortViews(
      views,
      preferences.flatMap(({ viewOrder }) => viewOrder),
    ),
    can: { create: can[0]?.create === true, share: can[0]?.share === true },
  }
}
