import type { Context } from '@/lib/platform/context'
import type { Tx } from '@/lib/platform/db/commit'
import type { Prisma } from '@/lib/platform/db/generated/client'
import type { Replacement } from '../rules'
import type { FoundGrant } from './store'

type Key = Pick<FoundGrant, 'orgId' | 'id'>

/** What a grant takes the place of, as it was asked for. */
export async function insertReplacements(
  tx: Tx,
  { orgId, id: grantId }: Key,
  replaced: readonly (Replacement & { kind: string; ref: string })[],
): Promise<void> {
  if (replaced.length === 0) return
  await tx.grantReplacement.createMany({
    data: replaced.map(({ entitlementId, kind, ref, name, scopes, taken, isKept, says }, at) => ({
      ...{ orgId, grantId, no: at + 1, entitlementId, edgeKind: kind, ref, name, scopes, taken, isKept, says },
    })),
  })
}

export const findReplacements = (ctx: Context, grantId: string): Promise<FoundGrant['replacements']> =>
  ctx.db.grantReplacement.findMany({ where: { orgId: ctx.tenant.orgId, grantId }, orderBy: { no: 'asc' } })

export function writeReplacement(
  tx: Tx,
  { orgId, id: grantId, no }: Key & { no: number },
  change: Prisma.GrantReplacementUncheckedUpdateManyInput,
): Promise<unknown> {
  return tx.grantReplacement.updateMany({ where: { orgId, grantId, no }, data: change })
}
