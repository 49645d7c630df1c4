import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'

export type TwinRow = Prisma.LifecycleTwinGetPayload<object>

/** Of each of these accounts, the row of its pair. */
export async function findTwins(ctx: Context, identityIds: readonly string[]): Promise<Map<string, TwinRow>> {
  const rows = await ctx.db.lifecycleTwin.findMany({
    where: { orgId: ctx.tenant.orgId, identityId: { in: [...identityIds] } },
  })
  return new Map(rows.map((row) => [row.identityId, row]))
}

/** @throws AppError `conflict` when one of the two has another twin by now */
export async function writePair(
  tx: Tx,
  pair: { orgId: string; firstId: string; secondId: string; inUseId: string; createdBy: string },
): Promise<void> {
  const { orgId, firstId, secondId, inUseId, createdBy } = pair
  await dropPair(tx, { orgId, identityId: firstId, twinId: secondId })
  const sides = [
    { identityId: firstId, twinId: secondId, isFirst: true },
    { identityId: secondId, twinId: firstId, isFirst: false },
  ]
  await tx.lifecycleTwin
    .createMany({
      data: sides.map((side) => ({ orgId, createdBy, ...side, isInUse: side.identityId === inUseId })),
    })
    .catch((error: unknown) => {
      if ((error as { code?: unknown } | null)?.code !== 'P2002') throw error
      throw new AppError('conflict', 'One of these accounts has another twin by now.', { cause: error })
    })
}

/** How many rows there were. */
export async function dropPair(
  tx: Tx,
  { orgId, identityId, twinId }: { orgId: string; identityId: string; twinId: string },
): Promise<number> {
  const { count } = await tx.lifecycleTwin.deleteMany({
    where: {
      orgId,
      OR: [
        { identityId, twinId },
        { identityId: twinId, twinId: identityId },
      ],
    },
  })
  return count
}

/** The other one is in use from now on. */
export async function switchPair(tx: Tx, orgId: string, to: { inUse: string; idle: string }): Promise<void> {
  const { inUse, idle } = to
  await tx.lifecycleTwin.updateMany({ where: { orgId, identityId: idle, twinId: inUse }, data: { isInUse: false } })
  await tx.lifecycleTwin.updateMany({ where: { orgId, identityId: inUse, twinId: idle }, data: { isInUse: true } })
}

/** Ids of open rotations in which one of these has a part. */
export async function findTwinRuns(ctx: Context, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.db.lifecycleRun.findMany({
    where: {
      ...{ orgId: ctx.tenant.orgId, kind: 'rotation', endedAt: null },
      OR: [{ identityId: { in: [...ids] } }, { twinId: { in: [...ids] } }],
    },
    select: { id: true },
  })
  return rows.map(({ id }) => id)
}
