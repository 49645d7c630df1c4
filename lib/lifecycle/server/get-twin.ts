import { findLiveConnector } from '@/lib/connectors/live-registry'
import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import type { TwinPair } from '../twins'
import { pairTarget, sideOf } from './preview-twin'
import { twinHindrance } from './resolve-twins'
import { findActingConnections, findTargets } from './store-targets'
import { findTwins } from './store-twins'

/** The twin of an account, and which of the two is in use. @throws AppError `not_found`, `forbidden` */
export async function getTwin(ctx: Context, { id }: { id: string }): Promise<TwinPair> {
  const [account] = await findTargets(ctx, [id])
  if (!account) throw new AppError('not_found', 'There is no such identity in this organization.')
  const row = (await findTwins(ctx, [id])).get(id)
  const [other] = row ? await findTargets(ctx, [row.twinId]) : []
  const sides = other ? [account, other] : [account]
  const target = pairTarget(id, sides)
  await ctx.authorize('read', target)
  const [[live], [may]] = await Promise.all([
    findActingConnections(ctx, [account.sourceId], [account.externalId]),
    ctx.can(['request'], [target]),
  ])
  const connector = live ? (findLiveConnector(live.connector) ?? null) : null
  return {
    pair:
      row && other
        ? {
            sides: [sideOf(account, row.isInUse), sideOf(other, !row.isInUse)],
            ...{ createdBy: row.createdBy, createdAt: row.createdAt.toISOString() },
          }
        : null,
    isOfUse: twinHindrance(connector, account) === null,
    can: { set: may?.request === true },
  }
}
