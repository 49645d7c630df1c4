import type { Context } from '@/lib/platform/context'
import type { LiveRight } from '../live'

/**
 * What the organization's live connections may do with one identity, by name of the connection; none where no connection reads its
 * source. The caller must have been allowed to see the identity.
 */
export async function listLiveRights(
  ctx: Context,
  { sourceId, externalId }: { sourceId: string; externalId: string },
): Promise<LiveRight[]> {
  const { orgId } = ctx.tenant
  const rows = await ctx.db.liveRight.findMany({
    where: { orgId, externalId, live: { orgId, deletedAt: null, sourceConnection: { orgId, sourceId } } },
    include: { live: { select: { name: true, syncedAt: true, selfIds: true } } },
    orderBy: { live: { name: 'asc' } },
    take: 20,
  })
  return rows.map(({ liveId, live, rotate, revoke, why }) => {
    const isOwn = live.selfIds.includes(externalId)
    return {
      connectionId: liveId,
      connectionName: live.name,
      see: 'yes' as const,
      rotate: isOwn ? 'no' : (rotate as LiveRight['rotate']),
      revoke: isOwn ? 'no' : (revoke as LiveRight['revoke']),
      why: isOwn ? 'The connection itself signs in as this account.' : why,
      asOf: live.syncedAt?.toISOString() ?? null,
    }
  })
}
