import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { readQuery } from '../filters'
import { personOf, viewTarget } from '../rules'
import { CreateViewInput, type View, type ViewedList, type ViewQuery, viewLimit } from '../schema'
import { presentView } from './get-view'
import { countViews, findView, insertViews } from './store'

/**
 * Saves a view, for the caller alone or shared.
 * @throws AppError `invalid_input` naming each parameter that the list does not know; `conflict` when the caller has a view
 * of that name, or too many
 */
export async function createView(ctx: Context, given: CreateViewInput): Promise<View> {
  const input = CreateViewInput.parse(given)
  const { list, name, isShared } = input
  const query = checkedQuery(list, input.query)
  const authorId = personOf(ctx.actor)
  const id = uuidv7()
  const target = viewTarget({ id, name, authorId, isShared })
  const permit = await ctx.authorize('create', target)
  if (isShared) await ctx.authorize('share', target)
  await assertRoom(ctx, authorId, 1)
  const row = { orgId: ctx.tenant.orgId, id, authorId, list, name, query, isShared }
  await ctx.commit(permit, { action: 'view.create', target, after: { list, name, query, isShared } }, async (tx) => {
    if ((await insertViews(tx, [row])) === 0) throw nameTaken(name)
  })
  return presentView(ctx, await findView(ctx, id))
}

/** The query in its one form. @throws AppError `invalid_input` naming each parameter that is wrong, as `query.kind` */
export function checkedQuery(list: ViewedList, given: Record<string, string>, at = 'query'): ViewQuery {
  const { query, problems } = readQuery(list, given)
  const fields = Object.fromEntries(Object.entries(problems).map(([name, problem]) => [`${at}.${name}`, problem]))
  const [first] = Object.entries(fields)
  if (first) throw new AppError('invalid_input', `${first[0]}: ${first[1]}`, { fields })
  return query
}

/** @throws AppError `conflict` when that many more were too many for one person */
export async function assertRoom(ctx: Context, authorId: string, more: number): Promise<void> {
  if ((await countViews(ctx.db, authorId)) + more <= viewLimit) return
  throw new AppError('conflict', `One person can keep ${viewLimit} views. Delete some first.`)
}

export function nameTaken(name: string): AppError {
  return new AppError('conflict', `There is a view named “${name}” among yours already.`, {
    fields: { name: 'This name is taken.' },
  })
}
