import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { readQuery } from '../filters'
import { type BuiltInView, builtInViews, personOf, viewTarget } from '../rules'
import { GetViewInput, type View, ViewedList } from '../schema'
import { findView, listPreferences, type ViewRow } from './store'

const isUuid = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)

/**
 * One view, saved or of the product.
 * @throws AppError `not_found`, also for another organization's; `forbidden` for what somebody keeps for themselves
 */
export async function getView(ctx: Context, given: { id: string }): Promise<View> {
  const { id } = GetViewInput.parse(given)
  const builtIn = builtInViews.find((view) => view.id === id)
  if (builtIn) {
    await ctx.authorize('read', builtInTarget(builtIn))
    return presentBuiltIn(builtIn, await defaultsOf(ctx))
  }
  if (!isUuid(id)) throw new AppError('not_found', 'There is no such view.')
  const row = await findView(ctx, id)
  await ctx.authorize('read', viewTarget(row))
  return presentView(ctx, row)
}

/** Everybody has the product's views. */
export function builtInTarget({ id, name }: Pick<BuiltInView, 'id' | 'name'>) {
  return viewTarget({ id, name, authorId: '', isShared: true })
}

/** Which views open by themselves for the caller. */
export async function defaultsOf(ctx: Context): Promise<Set<string>> {
  const preferences = await listPreferences(ctx.db, personOf(ctx.actor))
  return new Set(preferences.flatMap(({ defaultView }) => defaultView ?? []))
}

export async function presentView(ctx: Context, row: ViewRow): Promise<View> {
  const [view] = await presentViews(ctx, [row], await defaultsOf(ctx))
  if (!view) throw new Error('a row became no view')
  return view
}

/** The contract form of rows, with what the caller may do to each. */
export async function presentViews(
  ctx: Context,
  rows: readonly ViewRow[],
  defaults: ReadonlySet<string>,
): Promise<View[]> {
  const can = await ctx.can(['update', 'share', 'delete'], rows.map(viewTarget))
  return rows.map((row, index) => {
    const list = ViewedList.parse(row.list)
    const may = can[index] ?? {}
    return {
      id: row.id,
      list,
      name: row.name,
      description: null,
      // What the list of this version does not know any more is left out.
      query: readQuery(list, row.query as Record<string, string>).query,
      origin: row.isShared ? 'shared' : 'personal',
      author: { id: row.authorId, name: row.author.user.name },
      isMine: row.authorId === personOf(ctx.actor),
      isDefault: defaults.has(row.id),
      updatedAt: row.updatedAt.toISOString(),
      can: {
        update: may.update === true && (!row.isShared || may.share === true),
        share: may.share === true,
        delete: may.delete === true,
      },
    }
  })
}

export function presentBuiltIn(view: BuiltInView, defaults: ReadonlySet<string>): View {
  return {
    ...view,
    query: readQuery(view.list, view.query).query,
    origin: 'builtin',
    author: null,
    isMine: false,
    isDefault: defaults.has(view.id),
    updatedAt: null,
    can: { update: false, share: false, delete: false },
  }
}
