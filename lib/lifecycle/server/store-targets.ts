import type { Context } from '@/lib/platform/context'
import type { Prisma } from '@/lib/platform/db/generated/client'

const answering = { endedAt: null, state: { in: ['assigned', 'confirmed'] } }

const targetColumns = {
  id: true,
  sourceId: true,
  externalId: true,
  name: true,
  environment: true,
  status: true,
  lastUsedAt: true,
  neverUsed: true,
  deletedAt: true,
  source: { select: { system: true, name: true } },
  listing: { select: { score: true, traits: true, ownerLabel: true } },
  ownerships: { where: answering, select: { ownerKey: true, validUntil: true } },
  credentials: {
    where: { deletedAt: null },
    select: {
      id: true,
      sourceId: true,
      externalId: true,
      type: true,
      name: true,
      status: true,
      fingerprint: true,
      lastUsedAt: true,
      neverUsed: true,
    },
    orderBy: [{ issuedAt: 'asc' as const }, { id: 'asc' as const }],
    take: 200,
  },
} satisfies Prisma.IdentitySelect
export type FoundTarget = Prisma.IdentityGetPayload<{ select: typeof targetColumns }>

/** Identities with what an order about them depends on. Those of other organizations are not among them. */
export function findTargets(ctx: Context, ids: readonly string[]): Promise<FoundTarget[]> {
  return ctx.db.identity.findMany({ where: { orgId: ctx.tenant.orgId, id: { in: [...ids] } }, select: targetColumns })
}

/** Every account of these sources that can act as an administrator there. */
export async function findAdministrators(
  ctx: Context,
  sourceIds: readonly string[],
): Promise<{ id: string; sourceId: string }[]> {
  const rows = await ctx.db.identityListing.findMany({
    where: {
      orgId: ctx.tenant.orgId,
      sourceId: { in: [...sourceIds] },
      privilegeRank: { gte: 4 },
      status: { in: ['active', 'unknown'] },
    },
    select: { identityId: true, sourceId: true },
    take: 5000,
  })
  return rows.map(({ identityId: id, sourceId }) => ({ id, sourceId }))
}

/** The live connections that read these sources, with what each may do with the accounts. */
export function findActingConnections(ctx: Context, sourceIds: readonly string[], refs: readonly string[]) {
  const { orgId } = ctx.tenant
  return ctx.db.liveConnection.findMany({
    where: { orgId, deletedAt: null, sourceConnection: { orgId, sourceId: { in: [...sourceIds] } } },
    select: {
      id: true,
      name: true,
      connector: true,
      selfIds: true,
      sourceConnection: { select: { sourceId: true } },
      identityRights: { where: { externalId: { in: [...refs] } } },
    },
    orderBy: { createdAt: 'asc' },
  })
}
export type ActingConnection = Awaited<ReturnType<typeof findActingConnections>>[number]

/** Open runs on these accounts. */
export function findRunsOn(ctx: Context, identityIds: readonly string[]) {
  return ctx.db.lifecycleRun.findMany({
    where: {
      ...{ orgId: ctx.tenant.orgId, endedAt: null },
      OR: [{ identityId: { in: [...identityIds] } }, { twinId: { in: [...identityIds] } }],
    },
    select: { id: true, kind: true, identityId: true, twinId: true, credentialId: true },
  })
}
