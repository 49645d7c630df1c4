import type { Context } from '@/lib/platform/context'

/** Rotations of these accounts whose new secret was handed over, the newest first. */
export function findHandedOver(ctx: Context, identityIds: readonly string[]) {
  return ctx.db.lifecycleRun.findMany({
    where: {
      orgId: ctx.tenant.orgId,
      OR: [{ identityId: { in: [...identityIds] }, twinId: null }, { twinId: { in: [...identityIds] } }],
      steps: { some: { step: 'deliver', state: 'done' } },
    },
    select: {
      ...{
        id: true,
        identityId: true,
        twinId: true,
        identityName: true,
        connector: true,
        direction: true,
        restore: true,
        plan: true,
      },
      order: { select: { options: true } },
      links: { where: { openedAt: { not: null } }, select: { userName: true, openedAt: true } },
      secrets: { where: { purpose: 'new' }, select: { fingerprint: true } },
    },
    orderBy: { id: 'desc' },
    take: 500,
  })
}

/** What the inventory knows of resources that keep secrets. */
export function findKeepers(ctx: Context, ids: readonly string[]) {
  return ctx.db.resource.findMany({
    where: { orgId: ctx.tenant.orgId, id: { in: [...ids] } },
    select: { id: true, name: true, kind: true, externalId: true, sourceId: true },
  })
}
