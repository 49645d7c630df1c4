import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { grantTarget } from '../rules'
import type { ById, GrantDetail } from '../schema'
import { presentDetail } from './list-grants'
import { notifyDecided } from './notify-grant'
import { findGrant, writeGrant } from './store'

/** Takes back a request of one's own before anything was given. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function cancelGrant(ctx: Context, { id }: ById): Promise<GrantDetail> {
  const grant = await findGrant(ctx, id)
  const target = grantTarget(grant)
  const permit = await ctx.authorize('withdraw', target)
  if (!['requested', 'approved'].includes(grant.state))
    throw new AppError('conflict', 'It cannot be taken back any more. End it instead.')
  await ctx.commit(permit, { action: 'grant.withdraw', target, after: { grantId: id } }, async (tx) => {
    const says = `${ctx.actor.name} took it back.`
    await writeGrant(tx, grant, { states: ['requested', 'approved'] }, { state: 'withdrawn', wakeAt: null }, [
      { what: 'withdrawn', says, by: ctx.actor.name },
    ])
    await notifyDecided(tx, grant, { says: 'taken back', by: grant.requesterId })
  })
  return presentDetail(ctx, await findGrant(ctx, id))
}
