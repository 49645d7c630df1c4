import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { ownerChangeTarget } from '../rules'
import { ById, type OwnerChangeRun } from '../schema'
import { presentRun } from './present-owner-change'
import { findRun } from './store-runs'

/**
 * One run, and how far it is: one of the caller, or anybody's for whoever may follow all.
 * @throws AppError `not_found`, also for another organization's id; `forbidden` for a run of others
 */
export async function getOwnerChangeRun(ctx: Context, given: ById): Promise<OwnerChangeRun> {
  const { id } = ById.parse(given)
  const row = await findRun(ctx, id)
  if (!row) throw new AppError('not_found', 'There is no such change.')
  await ctx.authorize('read', ownerChangeTarget(row))
  return presentRun(ctx, row)
}
