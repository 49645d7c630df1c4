import type { Context } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { AppError } from '@/lib/platform/errors'
import { enqueue } from '@/lib/platform/jobs/boss'
import { grantTarget } from '../rules'
import { grantJob } from './jobs'
import { notifyDecided } from './notify-grant'
import { findGrant, takeUseOf } from './store'

/**
 * Takes one use of a grant that is for so many times, as the decision point says yes because of it. The row is counted down only while the
 * grant is active, before its end and has a use left, all by the database: of two who come at once for the last one, one gets it. With
 * the last use the grant is over in the same transaction.
 * @param permit to ask the decision point, which is what this comes to
 * @returns how many are left; throws AppError `conflict` when there was none
 */
export async function applyUse(
  ctx: Context,
  permit: Permit,
  { grantId, what }: { grantId: string; what: string },
): Promise<number> {
  const grant = await findGrant(ctx, grantId)
  const target = grantTarget(grant)
  const { orgId } = ctx.tenant
  return ctx.commit(
    permit,
    (left: number) => ({ action: 'grant.use', target, after: { grantId, usesLeft: left, what } }),
    async (tx) => {
      const left = await takeUseOf(tx, grant, { what, by: ctx.actor.name })
      if (left === undefined) throw new AppError('conflict', 'This grant is over, or was used as often as agreed.')
      if (left > 0) return left
      await enqueue(tx, grantJob, { orgId, grantId })
      await notifyDecided(tx, grant, { says: 'used as often as agreed', by: null })
      return left
    },
  )
}
