import { recordEvents } from '@/lib/grants/server/record-events'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { ById, UseDetail } from '../schema'
import { getUse } from './list-uses'
import { settleAlert } from './notify-use'
import { targetOf } from './present-use'
import { findUse, writeUse } from './store'

/**
 * Somebody else says that they have seen that the glass was broken: an alert that nobody reads is none.
 * @throws AppError `not_found`, `forbidden` for whoever set it off; `conflict` when somebody has said so already
 */
export async function markSeen(ctx: Context, { id }: ById): Promise<UseDetail> {
  const use = await findUse(ctx, id)
  const target = targetOf(use)
  const permit = await ctx.authorize('acknowledge', target)
  const { orgId } = ctx.tenant
  const by = ctx.actor.name
  await ctx.commit(permit, { action: 'break_glass.acknowledge', target, after: { grantId: id } }, async (tx) => {
    if (!(await writeUse(tx, use, { seenAt: null }, { seenAt: new Date(), seenBy: by })))
      throw new AppError('conflict', 'Somebody has said already that they have seen it.')
    await recordEvents(tx, { orgId, id }, [{ what: 'seen', says: `${by} has seen it.`, by }])
    await settleAlert(tx, orgId, id)
  })
  return getUse(ctx, { id })
}
