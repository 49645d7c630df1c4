import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { ById, type OwnerChangeRun } from '../schema'
import { presentRun } from './present-owner-change'
import { actorKeyOf } from './store'
import { findRun } from './store-runs'

/** One run of the caller, and how far it is. @throws AppError `not_found` for a run of somebody else, `forbidden` */
export async function getOwnerChangeRun(ctx: Context, given: ById): Promise<OwnerChangeRun> {
  const { id } = ById.parse(given)
  const row = await findRun(ctx, id, actorKeyOf(ctx))
  if (!row) throw new AppError('not_found', 'There is no such change of yours.')
  await ctx.plan('list', 'identity')
  return presentRun(row)
}
