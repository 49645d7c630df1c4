import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { type Reappearance, type ReappearancePage, type ReappearanceQuery, SettleReappearanceInput } from '../history'
import { settleReappeared } from './notify-run'
import { type FoundReappearance, findReappearances, targetOf } from './store-tombstones'

const most = 100

/** What was cut off and is there again, newest first; at most 100. @throws AppError `forbidden` */
export async function listReappearances(ctx: Context, { identity }: ReappearanceQuery): Promise<ReappearancePage> {
  await ctx.plan('list', 'lifecycle_run')
  const found = await findReappearances(ctx, identity ? { identityId: identity } : {}, most)
  const may = await ctx.can(['resolve'], found.map(targetOf))
  return { items: found.map((row, index) => present(row, may[index]?.resolve === true)) }
}

/**
 * A person says that it is meant to be there: it is raised no more, until it is cut off again.
 * @throws AppError `not_found`, `forbidden`
 */
export async function settleReappearance(ctx: Context, input: SettleReappearanceInput): Promise<Reappearance> {
  const { id, reason } = SettleReappearanceInput.parse(input)
  const [found] = await findReappearances(ctx, { id }, 1)
  if (!found) throw new AppError('not_found', 'Nothing of that id is there again, or somebody has settled it.')
  const target = targetOf(found)
  const permit = await ctx.authorize('resolve', target)
  const after = { tombstoneId: id, name: found.name, as: found.reappearedAs }
  await ctx.commit(permit, { action: 'lifecycle.reappear.settle', target, reason, after }, async (tx) => {
    await tx.tombstone.updateMany({
      where: { orgId: ctx.tenant.orgId, id, settledAt: null },
      data: { settledAt: new Date(), settledBy: ctx.actor.name, settledWhy: reason },
    })
    await settleReappeared(tx, ctx.tenant.orgId, found)
  })
  return present(found, false)
}

const words = {
  account: (isOff: boolean) =>
    isOff
      ? 'It was switched off on your order, and is on again. Nobody asked for that here.'
      : 'It was deleted on your order, and is there again. Nobody asked for that here.',
  credential: (isOff: boolean) =>
    isOff
      ? 'Its credential was switched off on your order, and is on again. Nobody asked for that here.'
      : 'Its credential was deleted on your order, and is there again. Nobody asked for that here.',
  secret: () => 'The secret that was cut off has been found on another credential, where it works again.',
}

function present(row: FoundReappearance, maySettle: boolean): Reappearance {
  const as = row.reappearedAs as Reappearance['as']
  return {
    ...{ id: row.id, runId: row.runId, identityId: row.identityId, name: row.name, as },
    cutAt: row.at.toISOString(),
    at: (row.reappearedAt ?? row.at).toISOString(),
    says: words[as](row.isOff),
    can: { settle: maySettle },
  }
}
