import { Secret } from '@/lib/connectors/secret'
import type { Context } from '@/lib/platform/context'
import { fingerprint } from '@/lib/platform/crypto/fingerprint'
import { openSealed, rewrapSealed, sealText } from '@/lib/platform/crypto/seal'
import type { Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'

const placeOf = (orgId: string, row: string) => ({ orgId, table: 'lifecycle_secret', column: 'sealed', row })
export type SecretPurpose = 'new' | 'old' | 'former' | 'disabled' | 'removed' | 'keep' | 'idle'
export interface HeldSecret {
  purpose: SecretPurpose
  generation: number
  origin: string
  secret: Secret
}

/**
 * The secrets that a run holds, opened: for the worker that takes a step with them. With the idle one of two accounts also what
 * switches that on, which the run holds that switched it off.
 */
export async function openSecrets(ctx: Context, runId: string, idleId: string | null = null): Promise<HeldSecret[]> {
  const { orgId } = ctx.tenant
  const own = await ctx.db.lifecycleSecret.findMany({
    where: { orgId, runId, wipedAt: null },
    orderBy: { createdAt: 'asc' },
  })
  const idle = idleId === null ? null : await findIdle(ctx, idleId)
  const rows = [...(idle ? [{ ...idle, purpose: 'idle' }] : []), ...own]
  return rows.flatMap(({ id, purpose, generation, origin, sealed }) =>
    sealed === null
      ? []
      : [
          {
            purpose: purpose as SecretPurpose,
            generation,
            origin,
            secret: new Secret(openSealed(sealed, placeOf(orgId, id))),
          },
        ],
  )
}

/** Of an account that was switched off for its twin: what switches it on again. */
const idleOf = (identityId: string): Prisma.LifecycleSecretWhereInput => ({
  wipedAt: null,
  OR: [
    { purpose: 'disabled', run: { identityId, twinId: { not: null }, endedAt: { not: null } } },
    { purpose: 'idle', run: { twinId: identityId } },
  ],
})

const findIdle = (ctx: Context, identityId: string) =>
  ctx.db.lifecycleSecret.findFirst({
    where: { orgId: ctx.tenant.orgId, ...idleOf(identityId) },
    orderBy: { createdAt: 'desc' },
  })

/** The account is on: what would switch it on is needed no more. */
export async function wipeIdle(tx: Tx, orgId: string, identityId: string): Promise<void> {
  await tx.lifecycleSecret.updateMany({
    where: { orgId, ...idleOf(identityId) },
    data: { sealed: null, wipedAt: new Date() },
  })
}

/** Seals a secret for a row of its own. One of the same purpose and generation stays as it is: the first is what was before. */
export async function insertSecret(
  tx: Tx,
  key: { orgId: string; runId: string },
  { purpose, generation, origin, secret }: HeldSecret,
): Promise<void> {
  const id = uuidv7()
  const isKey = purpose === 'new' || purpose === 'old' || purpose === 'keep'
  await tx.lifecycleSecret.createMany({
    data: [
      {
        ...key,
        ...{ id, purpose, generation, origin },
        sealed: sealText(secret.reveal(), placeOf(key.orgId, id)),
        fingerprint: isKey ? fingerprint(secret.reveal()) : null,
      },
    ],
    skipDuplicates: true,
  })
}

/** Empties secrets that nothing needs any more. */
export async function wipeSecrets(
  tx: Tx,
  key: { orgId: string; runId: string },
  only: Prisma.LifecycleSecretWhereInput = {},
): Promise<number> {
  const { count } = await tx.lifecycleSecret.updateMany({
    where: { AND: [{ ...key, wipedAt: null }, only] },
    data: { sealed: null, wipedAt: new Date() },
  })
  return count
}

/** Of each run that holds secrets, their ids. */
export async function findHoldingRuns(ctx: Context): Promise<{ runId: string; ids: string[] }[]> {
  const rows = await ctx.db.lifecycleSecret.findMany({
    where: { orgId: ctx.tenant.orgId, wipedAt: null, sealed: { not: null } },
    select: { id: true, runId: true },
    orderBy: [{ runId: 'asc' }, { id: 'asc' }],
  })
  const runs = new Map<string, string[]>()
  for (const { id, runId } of rows) {
    const own = runs.get(runId)
    if (own) own.push(id)
    else runs.set(runId, [id])
  }
  return [...runs].map(([runId, ids]) => ({ runId, ids }))
}

/** Brings one secret under the current encryption key. False when it is, or was emptied meanwhile. @throws AppError as `openSealed` */
export async function rewrapSecret(tx: Tx, key: { orgId: string; id: string }): Promise<boolean> {
  const row = await tx.lifecycleSecret.findUnique({ where: { orgId_id: key }, select: { sealed: true } })
  const to = row?.sealed ? rewrapSealed(row.sealed, placeOf(key.orgId, key.id)) : null
  if (!row?.sealed || to === null) return false
  const { count } = await tx.lifecycleSecret.updateMany({ where: { ...key, sealed: row.sealed }, data: { sealed: to } })
  return count > 0
}
