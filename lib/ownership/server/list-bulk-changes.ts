import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

/** The ids of the bulk changes of owners that an identity was part of, latest first, at most 500. */
export async function listBulkChanges(ctx: Context, identityId: string): Promise<string[]> {
  const rows = await ctx.sql<{ id: string }>(Prisma.sql`
    SELECT DISTINCT change_id::text AS id FROM bulk_change_row
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND identity_id = ${identityId}::uuid ORDER BY id DESC LIMIT 500`)
  return rows.map(({ id }) => id)
}
