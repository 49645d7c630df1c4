import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { filterOf } from '../filters'
import { getView } from './get-view'

/**
 * The rows that a view shows, as a filter of its list. As for whoever asks: “mine” is theirs.
 * @throws AppError `not_found`, `forbidden`; `invalid_input` for a view that shows no rows
 */
export async function readViewFilter(ctx: Context, { id }: { id: string }) {
  const view = await getView(ctx, { id })
  const found = filterOf(view)
  if (found) return { ...found, name: view.name }
  throw new AppError('invalid_input', 'This view shows paths, not identities or credentials. Choose another.', {
    fields: { 'scope.viewId': 'shows no identities or credentials' },
  })
}
