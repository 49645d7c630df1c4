import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { isSameQuery } from '../address'
import { readQuery } from '../filters'
import { freeName, personOf, viewTarget } from '../rules'
import { type CreatedViews, ViewDocument, type ViewDocumentInput, ViewedList, type ViewQuery } from '../schema'
import { assertRoom } from './create-view'
import { defaultsOf, presentViews } from './get-view'
import { insertViews, listViewRows, type NewView } from './store'

/**
 * Takes views of a file in, as the caller's own: all or none. One that the caller has already is left; one whose name is
 * taken by another gets a number. A caller who may not share gets shared ones as personal.
 * @throws AppError `invalid_input` naming each wrong field, as `views.3.query.kind`
 */
export async function createViews(ctx: Context, given: ViewDocumentInput): Promise<CreatedViews> {
  const { views } = ViewDocument.parse(given)
  const checked = views.map(({ query, ...view }, index) => ({ ...view, ...readQuery(view.list, query), index }))
  const fields = Object.fromEntries(
    checked.flatMap(({ problems, index }) =>
      Object.entries(problems).map(([name, problem]) => [`views.${index}.query.${name}`, problem]),
    ),
  )
  const [first] = Object.entries(fields)
  if (first) throw new AppError('invalid_input', `${first[0]}: ${first[1]}`, { fields })

  const authorId = personOf(ctx.actor)
  const target = viewTarget({ id: '*', name: `${views.length} views of a file`, authorId, isShared: false })
  const permit = await ctx.authorize('create', target)
  const [mayShare] = await ctx.can(['share'], [target])
  const own = await listViewRows(ctx.db, { authorId })
  const { rows, already } = newRows(checked, own, {
    orgId: ctx.tenant.orgId,
    authorId,
    mayShare: mayShare?.share === true,
  })
  if (rows.length === 0) return { created: [], already }
  await assertRoom(ctx, authorId, rows.length)
  const after = { views: rows.map(({ list, name, query, isShared }) => ({ list, name, query, isShared })) }
  await ctx.commit(permit, { action: 'view.import', target, after }, async (tx) => {
    if ((await insertViews(tx, rows)) < rows.length) {
      throw new AppError('conflict', 'Your views changed in the meantime. Nothing was taken in; try again.')
    }
  })
  const ids = rows.map(({ id }) => id)
  const saved = await listViewRows(ctx.db, { id: { in: ids } })
  return { created: await presentViews(ctx, saved, await defaultsOf(ctx)), already }
}

interface Owned {
  list: string
  name: string
  query: unknown
}

/** Which rows the views of a file become beside those that the person has. */
function newRows(
  views: { list: ViewedList; name: string; query: ViewQuery; isShared: boolean }[],
  own: readonly Owned[],
  { orgId, authorId, mayShare }: { orgId: string; authorId: string; mayShare: boolean },
): { rows: NewView[]; already: string[] } {
  const known = own.map((row) => ({
    ...row,
    query: readQuery(ViewedList.parse(row.list), TextRecord.parse(row.query)).query,
  }))
  const rows: NewView[] = []
  const already: string[] = []
  for (const { list, name, query, isShared } of views) {
    const beside = [...known, ...rows].filter((view) => view.list === list)
    const isSame = (view: { name: string; query: ViewQuery }) =>
      view.name.toLowerCase() === name.toLowerCase() && isSameQuery(view.query, query)
    if (beside.some(isSame)) {
      already.push(name)
      continue
    }
    const free = freeName(name, new Set(beside.map((view) => view.name.toLowerCase())))
    rows.push({ orgId, id: uuidv7(), authorId, list, name: free, query, isShared: isShared && mayShare })
  }
  return { rows, already }
}

const TextRecord = z.record(z.string(), z.string())
