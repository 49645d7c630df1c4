import type { AuditActor } from '@/lib/platform/audit/event'
import type { Context } from '@/lib/platform/context'
import type { AuditFacets } from '../schema'
import { countFacets } from './store'

/** What the trail can be filtered by, commonest first. @throws AppError `forbidden` */
export async function listFacets(ctx: Context): Promise<AuditFacets> {
  const { where } = await ctx.plan('list', 'audit_event')
  const { actors, actions, kinds } = await countFacets(ctx, where)
  const byKey = new Map<string, AuditFacets['actors'][number]>()
  for (const { actorKey: key, actor, _count } of actors) {
    const known = byKey.get(key)
    if (known) known.count += _count
    else byKey.set(key, { key, label: (actor as unknown as AuditActor).label, count: _count })
  }
  return {
    actors: [...byKey.values()],
    actions: actions.map(({ action, _count }) => ({ action, count: _count })),
    targetKinds: kinds.map(({ targetKind: kind, _count }) => ({ kind, count: _count })),
  }
}
