import type { Context } from '@/lib/platform/context'
import type { ViewDocument } from '../schema'
import { listViews } from './list-views'

/** The caller's own views as a file that another organization can take in. It names nobody and holds no rows. */
export async function exportViews(ctx: Context): Promise<ViewDocument> {
  const { items } = await listViews(ctx)
  const views = items
    .filter((view) => view.isMine)
    .map(({ list, name, query, origin }) => ({ list, name, query, isShared: origin === 'shared' }))
  return { format: 'bailiwick-views', version: 1, views }
}
