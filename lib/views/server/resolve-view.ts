import type { Context } from '@/lib/platform/context'
import { personOf, viewHref } from '../rules'
import type { ViewedList } from '../schema'
import { getView } from './get-view'
import { listPreferences } from './store'

/** What an address of the inventory says beside the list. */
interface Asked {
  list: ViewedList
  /** The view that the address names. */
  view: string | undefined
  /** Whether it says anything else of what to show. */
  isPlain: boolean
}

/**
 * The address at which to go on: that of the view that is named, with its parameters spelled out, or of the caller's
 * default when the address says nothing. undefined when the address already says what to show.
 * @throws AppError `not_found` for a view of another organization, `forbidden` for what somebody keeps for themselves
 */
export async function resolveView(ctx: Context, { list, view, isPlain }: Asked): Promise<string | undefined> {
  if (view !== undefined) return viewHref(await getView(ctx, { id: view }))
  if (!isPlain) return undefined
  const preferences = await listPreferences(ctx.db, personOf(ctx.actor))
  const chosen = preferences.find((preference) => preference.list === list)?.defaultView
  if (!chosen) return undefined
  // A default that was deleted, or is shared no more, is passed over: the list opens as if there were none.
  const found = await getView(ctx, { id: chosen }).catch(passOver)
  return found && viewHref(found)
}

function passOver(error: unknown): undefined {
  if (isRefusal(error)) return undefined
  throw error
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'not_found' || error.code === 'forbidden')
}
