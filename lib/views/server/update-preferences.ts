import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { personOf, viewTarget } from '../rules'
import { UpdateViewPreferencesInput, type ViewList } from '../schema'
import { getView } from './get-view'
import { listViews } from './list-views'
import { writePreference } from './store'

/**
 * Which view opens by itself for the caller, and in which order views stand. One for each person and list.
 * @throws AppError `not_found` for a default that is no view, `invalid_input` for one of the other list
 */
export async function updatePreferences(ctx: Context, given: UpdateViewPreferencesInput): Promise<ViewList> {
  const { list, defaultView, order } = UpdateViewPreferencesInput.parse(given)
  const userId = personOf(ctx.actor)
  const own = viewTarget({ id: list, name: `own choice for ${list}`, authorId: userId, isShared: false })
  const permit = await ctx.authorize('update', own)
  const view = defaultView ? await getView(ctx, { id: defaultView }) : undefined
  if (view && view.list !== list) {
    const problem = `That view is one of ${view.list}.`
    throw new AppError('invalid_input', problem, { fields: { defaultView: problem } })
  }
  const after = {
    list,
    ...(defaultView === undefined ? {} : { defaultView: view?.name ?? null }),
    ...(order === undefined ? {} : { order }),
  }
  const change = {
    ...(defaultView === undefined ? {} : { defaultView }),
    ...(order === undefined ? {} : { viewOrder: [...new Set(order)] }),
  }
  await ctx.commit(permit, { action: 'view.preference.set', target: own, after }, (tx) =>
    writePreference(tx, { orgId: ctx.tenant.orgId, userId, list }, change),
  )
  return listViews(ctx)
}
